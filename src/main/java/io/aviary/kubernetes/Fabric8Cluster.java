package io.aviary.kubernetes;

import io.aviary.release.masking.Masking;
import io.aviary.release.step.ReadOnce;
import io.aviary.release.step.Wakeups;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A cluster behind the client's connection. */
final class Fabric8Cluster implements Cluster, AutoCloseable {

  private static final int CONFLICTS = 5;

  private final KubernetesClient client;
  private final Api api;
  private final Kinds kinds;
  private final PodSecrets secrets;
  private final Applying applying;
  private final Rollouts rollouts;
  private final Tasks tasks;
  private final Watches watches;

  /**
   * @param wakeups asked for at the first event
   */
  Fabric8Cluster(
      KubernetesClient client,
      Supplier<KubernetesClient> forWatches,
      Supplier<Wakeups> wakeups,
      Masking masking,
      InstantSource clock) {
    this.client = client;
    this.api = new Api(client);
    this.kinds = new Kinds(api);
    this.applying = new Applying(api, kinds);
    this.secrets = new PodSecrets(api, masking, clock);
    var troubles = new Troubles(api, secrets, clock);
    this.rollouts = new Rollouts(api, troubles, secrets);
    this.tasks = new Tasks(api, troubles, secrets);
    this.watches = new Watches(forWatches, wakeups, clock);
  }

  @Override
  public List<Applied> apply(String namespace, List<KubeObject> objects) {
    objects.forEach(object -> secrets.learnFromManifest(object.content()));
    return applying.apply(namespace, objects);
  }

  @Override
  public List<String> check(String namespace, List<KubeObject> objects) {
    return applying.check(namespace, objects);
  }

  @Override
  public Optional<KubeObject> live(ObjectRef ref) {
    return read(ref.namespace(), ref.apiVersion(), ref.kind(), ref.name())
        .map(LiveObjects::cleaned);
  }

  @Override
  public Optional<ObjectRef> find(String namespace, String apiVersion, String kind, String name) {
    return read(namespace, apiVersion, kind, name).map(LiveObjects::ref);
  }

  @Override
  public void delete(ObjectRef ref) {
    if (ref.uid() == null) {
      throw new IllegalArgumentException(
          ref.label()
              + " cannot be deleted without its uid: find it first, so that nothing else is hit");
    }
    kinds
        .findPath(ref.apiVersion(), ref.kind(), ref.namespace())
        .ifPresent(
            path ->
                api.delete(
                    path + "/" + Api.encoded(ref.name()),
                    ref.uid(),
                    "delete " + ref.label() + " in namespace " + ref.namespace()));
  }

  @Override
  public List<ObjectRef> list(
      String namespace, List<String> kindNames, Map<String, String> labels) {
    return kindNames.stream().flatMap(kind -> list(namespace, kind, labels).stream()).toList();
  }

  private List<ObjectRef> list(String namespace, String name, Map<String, String> labels) {
    int slash = name.lastIndexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "'" + name + "' is no kind with its version, such as apps/v1/Deployment");
    }
    var apiVersion = name.substring(0, slash);
    var kind = name.substring(slash + 1);
    return kinds
        .findPath(apiVersion, kind, namespace)
        .map(path -> selected(path, labels))
        .flatMap(path -> api.get(path, "list " + kind + " objects in namespace " + namespace))
        .map(list -> Json.list(list, "items"))
        .orElse(List.of())
        .stream()
        .map(item -> Json.map(item, "metadata"))
        .map(
            metadata ->
                new ObjectRef(
                    apiVersion,
                    kind,
                    namespace,
                    String.valueOf(metadata.get("name")),
                    Json.text(metadata, "uid")))
        .toList();
  }

  @Override
  public Optional<KubeObject> update(
      String namespace,
      String apiVersion,
      String kind,
      String name,
      UnaryOperator<Map<String, Object>> change) {
    var path = kinds.path(apiVersion, kind, namespace, name);
    var doing = "update " + kind + " " + name + " in namespace " + namespace;
    for (int attempt = 1; ; attempt++) {
      var live = api.get(path, doing);
      if (live.isEmpty()) {
        return Optional.empty();
      }
      var changed = change.apply(Json.copy(live.get()));
      if (changed.equals(Json.copy(live.get()))) {
        return live.map(KubeObject::new);
      }
      try {
        var target = Api.query(path, Map.of("fieldManager", FieldOwnership.MANAGER));
        return Optional.of(
            new KubeObject(api.write("PUT", target, Api.Body.OBJECT, changed, doing).object()));
      } catch (Api.Refusal e) {
        // 404: deleted since it was read, which the next reading says.
        if ((e.code() != 409 && e.code() != 404) || attempt == CONFLICTS) {
          throw e;
        }
      }
    }
  }

  @Override
  public Optional<Rollout> rollout(String namespace, String deployment) {
    return rollouts.rollout(namespace, deployment);
  }

  @Override
  public List<Pod> podsOf(String namespace, String deployment) {
    return rollouts.podsOf(namespace, deployment);
  }

  @Override
  public boolean labelPod(String namespace, String pod, Map<String, @Nullable String> labels) {
    var path = "/api/v1/namespaces/" + namespace + "/pods/" + Api.encoded(pod);
    Map<String, @Nullable String> patched = new HashMap<>(labels);
    return patch(
        path,
        Map.of("metadata", Map.of("labels", patched)),
        "label Pod " + pod + " in namespace " + namespace);
  }

  /** False: it is gone. */
  private boolean patch(String path, Map<String, Object> change, String doing) {
    var target = Api.query(path, Map.of("fieldManager", FieldOwnership.MANAGER));
    try {
      api.write("PATCH", target, Api.Body.MERGE, change, doing);
      return true;
    } catch (Api.Refusal e) {
      if (e.code() == 404) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void scale(String namespace, String deployment, int replicas) {
    var path =
        "/apis/apps/v1/namespaces/"
            + namespace
            + "/deployments/"
            + Api.encoded(deployment)
            + "/scale";
    var _ =
        patch(
            path,
            Map.of("spec", Map.of("replicas", replicas)),
            "scale Deployment " + deployment + " in namespace " + namespace);
  }

  @Override
  public Optional<Map<String, String>> selector(String namespace, String service) {
    return api.get(
            "/api/v1/namespaces/" + namespace + "/services/" + Api.encoded(service),
            "read Service " + service + " in namespace " + namespace)
        .map(found -> Json.texts(found, "spec", "selector"));
  }

  private static String selected(String path, Map<String, String> labels) {
    var selector =
        labels.entrySet().stream()
            .map(label -> label.getKey() + "=" + label.getValue())
            .collect(Collectors.joining(","));
    return Api.query(path, Map.of("labelSelector", selector));
  }

  @Override
  public void ahead(String namespace, List<Reading> readings) {
    if (!ReadOnce.isBound()) {
      return;
    }
    for (var reading : readings) {
      switch (reading) {
        case Reading.OfObject(var apiVersion, var kind, var name) ->
            api.ahead(
                kinds.path(apiVersion, kind, namespace, name),
                "read " + kind + " " + name + " in namespace " + namespace);
        case Reading.OfEndpoints(var service) ->
            api.ahead(endpoints(namespace, service), listEndpoints(namespace, service));
        case Reading.OfTask(var name, var asJob) -> tasks.ahead(namespace, name, asJob);
        case Reading.OfPods(var labels) ->
            api.ahead(
                selected(kinds.path("v1", "Pod", namespace), labels),
                "list Pod objects in namespace " + namespace);
      }
    }
  }

  private static String endpoints(String namespace, String service) {
    return selected(
        "/apis/discovery.k8s.io/v1/namespaces/" + namespace + "/endpointslices",
        Map.of("kubernetes.io/service-name", service));
  }

  private static String listEndpoints(String namespace, String service) {
    return "list the endpoints of Service " + service + " in namespace " + namespace;
  }

  @Override
  public List<String> readyEndpoints(String namespace, String service) {
    return api.list(endpoints(namespace, service), listEndpoints(namespace, service)).stream()
        .flatMap(slice -> Json.maps(slice, "endpoints").stream())
        // What is not said counts as ready.
        .filter(endpoint -> !Boolean.FALSE.equals(Json.at(endpoint, "conditions", "ready")))
        .map(endpoint -> Json.map(endpoint, "targetRef"))
        .filter(target -> "Pod".equals(target.get("kind")))
        .map(target -> Json.textOr("", target, "name"))
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public Map<String, String> templateLabels(String namespace, String deployment) {
    return rollouts.templateLabels(namespace, deployment);
  }

  @Override
  public TaskState start(TaskSpec spec) {
    return tasks.start(spec);
  }

  @Override
  public Optional<TaskState> task(String namespace, String name) {
    return tasks.task(namespace, name);
  }

  @Override
  public void removeTask(String namespace, String name) {
    tasks.remove(namespace, name);
  }

  @Override
  public void taskLog(
      String namespace, String name, @Nullable Instant since, Consumer<LogLine> sink) {
    tasks.log(namespace, name, since, sink);
  }

  @Override
  public ObjectRef putSecret(
      String namespace, String name, Map<String, String> values, Map<String, String> labels) {
    Map<String, String> data = new LinkedHashMap<>();
    values.forEach((key, value) -> data.put(key, encoded(value)));
    Map<String, Object> secret =
        Map.of(
            "apiVersion",
            "v1",
            "kind",
            "Secret",
            "type",
            "Opaque",
            "metadata",
            Map.of("name", name, "namespace", namespace, "labels", labels),
            "data",
            data);
    var path = "/api/v1/namespaces/" + namespace + "/secrets/" + Api.encoded(name);
    var doing = "write Secret " + name + " in namespace " + namespace;
    return LiveObjects.ref(applying.apply(path, FieldOwnership.MANAGER, secret, doing).object());
  }

  @Override
  public Optional<Map<String, String>> secret(String namespace, String name) {
    return api.get(
            "/api/v1/namespaces/" + namespace + "/secrets/" + Api.encoded(name),
            "read Secret " + name + " in namespace " + namespace)
        .map(
            secret -> {
              Map<String, String> values = new LinkedHashMap<>(Json.texts(secret, "data"));
              values.replaceAll((key, value) -> decoded(value));
              return Map.copyOf(values);
            });
  }

  @Override
  public void watch(String namespace, long run) {
    watches.watch(namespace, run);
  }

  @Override
  public String describe() {
    return api.get("/version", "read the version")
        .map(version -> "Kubernetes " + Json.text(version, "gitVersion") + " at " + api.address())
        .orElseThrow(
            () ->
                new ClusterException(
                    api.address() + " tells no version: is it a Kubernetes API server?", false));
  }

  /** Whether the cluster would let this server do that, in its own words. */
  boolean may(String namespace, String group, String resource, String verb) {
    var parts = resource.split("/", 2);
    Map<String, Object> asked = new LinkedHashMap<>();
    asked.put("namespace", namespace);
    asked.put("group", group);
    asked.put("resource", parts[0]);
    asked.put("verb", verb);
    if (parts.length == 2) {
      asked.put("subresource", parts[1]);
    }
    var answer =
        api.write(
            "POST",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            Api.Body.OBJECT,
            Map.of(
                "apiVersion",
                "authorization.k8s.io/v1",
                "kind",
                "SelfSubjectAccessReview",
                "spec",
                Map.of("resourceAttributes", asked)),
            "ask whether it may " + verb + " " + resource);
    return Boolean.TRUE.equals(Json.at(answer.object(), "status", "allowed"));
  }

  @Override
  public void close() {
    watches.close();
    client.close();
  }

  private Optional<Map<String, Object>> read(
      String namespace, String apiVersion, String kind, String name) {
    return kinds
        .findPath(apiVersion, kind, namespace)
        .flatMap(
            path ->
                api.get(
                    path + "/" + Api.encoded(name),
                    "read " + kind + " " + name + " in namespace " + namespace));
  }

  private static String encoded(String value) {
    return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String value) {
    return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
  }
}
