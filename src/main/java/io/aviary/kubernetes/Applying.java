package io.aviary.kubernetes;

import io.aviary.kubernetes.Cluster.Applied;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Server-side apply, with what other owners had taken over or handed over first. */
final class Applying {

  private static final int CONFLICTS = 5;
  private static final Map<String, String> STRICT = Map.of("fieldValidation", "Strict");
  private static final Map<String, String> DRY_RUN =
      Map.of("fieldValidation", "Strict", "dryRun", "All");
  private static final String AUTOSCALER = "HorizontalPodAutoscaler";

  private final Api api;
  private final Kinds kinds;

  Applying(Api api, Kinds kinds) {
    this.api = api;
    this.kinds = kinds;
  }

  List<Applied> apply(String namespace, List<KubeObject> objects) {
    var scaled = scaledDeployments(namespace, objects);
    return objects.stream().map(object -> apply(namespace, object, scaled)).toList();
  }

  /** What the server would say to each: empty where it would take it. */
  List<String> check(String namespace, List<KubeObject> objects) {
    return objects.stream().flatMap(object -> refusal(namespace, object).stream()).toList();
  }

  /** Also used for what Aviary makes for itself. */
  Api.Written apply(String path, String manager, Map<String, Object> content, String doing) {
    return apply(path, manager, content, doing, Map.of());
  }

  private Applied apply(String namespace, KubeObject object, Set<String> scaled) {
    var path = path(namespace, object);
    var doing = "apply " + object.kind() + " " + object.name() + " in namespace " + namespace;
    var live = taken(path, doing);
    var content = content(namespace, object);
    if (live.isPresent() && isDeployment(object) && scaled.contains(object.name())) {
      handOverReplicas(path, live.get(), doing);
      Json.child(content, "spec").remove("replicas");
    }
    var written = apply(path, FieldOwnership.MANAGER, content, doing, STRICT);
    return new Applied(
        LiveObjects.ref(written.object()),
        written.created(),
        Json.at(written.object(), "metadata", "generation") instanceof Number generation
            ? generation.longValue()
            : 0);
  }

  private Optional<String> refusal(String namespace, KubeObject object) {
    var doing = "take " + object.kind() + " " + object.name() + " in namespace " + namespace;
    try {
      var path = path(namespace, object);
      apply(path, FieldOwnership.MANAGER, content(namespace, object), doing, DRY_RUN);
      return Optional.empty();
    } catch (ClusterException e) {
      if (!e.isRejection()) {
        throw e;
      }
      return Optional.ofNullable(e.getMessage());
    }
  }

  private Api.Written apply(
      String path,
      String manager,
      Map<String, Object> content,
      String doing,
      Map<String, String> more) {
    Map<String, String> parameters = new LinkedHashMap<>(more);
    parameters.put("fieldManager", manager);
    parameters.put("force", "true");
    return api.write("PATCH", Api.query(path, parameters), Api.Body.APPLY, content, doing);
  }

  private String path(String namespace, KubeObject object) {
    return kinds.path(object.apiVersion(), object.kind(), namespace, object.name());
  }

  private static Map<String, Object> content(String namespace, KubeObject object) {
    var content = Json.copy(object.content());
    content.remove("status");
    var metadata = Json.child(content, "metadata");
    metadata.put("namespace", namespace);
    metadata.keySet().removeAll(List.of("managedFields", "resourceVersion", "uid", "generation"));
    return content;
  }

  /** The live object, nothing in it owned by kubectl's client-side apply. */
  private Optional<Map<String, Object>> taken(String path, String doing) {
    for (int attempt = 1; ; attempt++) {
      var live = api.get(path, doing);
      if (live.isEmpty()) {
        return live;
      }
      if (Json.at(live.get(), "metadata", "deletionTimestamp") != null) {
        throw new ClusterException(
            "Could not "
                + doing
                + " at "
                + api.address()
                + ": the old one is being deleted still; it is tried again once that is over.",
            false);
      }
      var patch = takeOver(live.get());
      if (patch.isEmpty()) {
        return live;
      }
      try {
        return Optional.of(
            api.write(
                    "PATCH", path, Api.Body.JSON_PATCH, patch, doing + " (take over from kubectl)")
                .object());
      } catch (Api.Refusal e) {
        if (e.code() != 409 || attempt == CONFLICTS) {
          throw e;
        }
      }
    }
  }

  private static List<Map<String, Object>> takeOver(Map<String, Object> live) {
    var fields = FieldOwnership.takenOver(Json.list(live, "metadata", "managedFields"));
    if (fields.isEmpty()) {
      return List.of();
    }
    Map<String, Object> owners =
        Map.of("op", "replace", "path", "/metadata/managedFields", "value", fields.get());
    // A version in the patch makes the server refuse it with 409 if the object has changed.
    Map<String, Object> version =
        Map.of(
            "op",
            "replace",
            "path",
            "/metadata/resourceVersion",
            "value",
            String.valueOf(Json.text(live, "metadata", "resourceVersion")));
    if (Json.text(live, "metadata", "annotations", FieldOwnership.LAST_APPLIED) == null) {
      return List.of(owners, version);
    }
    var annotation = "/metadata/annotations/" + FieldOwnership.LAST_APPLIED.replace("/", "~1");
    return List.of(owners, Map.of("op", "remove", "path", annotation), version);
  }

  /**
   * Were {@code replicas} only left out, the server would set it to its default of 1, because we
   * were its last owner. So a second manager claims the live value first.
   */
  private void handOverReplicas(String path, Map<String, Object> live, String doing) {
    var fields = Json.list(live, "metadata", "managedFields");
    var replicas = Json.at(live, "spec", "replicas");
    if (replicas == null || !FieldOwnership.isOurs(fields, "spec", "replicas")) {
      return;
    }
    Map<String, Object> claim =
        Map.of(
            "apiVersion",
            String.valueOf(live.get("apiVersion")),
            "kind",
            String.valueOf(live.get("kind")),
            "metadata",
            Map.of("name", String.valueOf(Json.text(live, "metadata", "name"))),
            "spec",
            Map.of("replicas", replicas));
    apply(path, FieldOwnership.REPLICAS_MANAGER, claim, doing + " (hand replicas over)");
  }

  /** Those of live autoscalers, and of those that are about to be applied. */
  private Set<String> scaledDeployments(String namespace, List<KubeObject> objects) {
    Set<String> scaled = new HashSet<>();
    if (objects.stream().noneMatch(Applying::isDeployment)) {
      return scaled;
    }
    objects.stream()
        .filter(object -> object.kind().equals(AUTOSCALER))
        .forEach(object -> addTarget(object.content(), scaled));
    var doing = "list the autoscalers of namespace " + namespace;
    kinds
        .findPath("autoscaling/v2", AUTOSCALER, namespace)
        .flatMap(path -> api.get(path, doing))
        .map(list -> Json.list(list, "items"))
        .orElse(List.of())
        .forEach(autoscaler -> addTarget(autoscaler, scaled));
    return scaled;
  }

  private static void addTarget(Object autoscaler, Set<String> scaled) {
    var target = Json.map(autoscaler, "spec", "scaleTargetRef");
    var name = Json.text(target, "name");
    if ("Deployment".equals(target.get("kind")) && name != null) {
      scaled.add(name);
    }
  }

  private static boolean isDeployment(KubeObject object) {
    return object.kind().equals("Deployment") && object.apiVersion().equals("apps/v1");
  }
}
