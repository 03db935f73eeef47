package io.aviary.traffic;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.Cluster.TaskState.Phase;
import io.aviary.kubernetes.KubeObject;
import io.aviary.kubernetes.ObjectRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Objects, pods and their endpoints in memory. Nothing happens by itself: Deployments start pods in
 * {@link #start()}, endpoints follow the labels in {@link #settle()}.
 */
public final class FakeCluster implements Cluster {

  private final Map<String, Map<String, Object>> objects = new LinkedHashMap<>();
  private final Map<String, Running> pods = new TreeMap<>();
  private Map<String, List<String>> endpoints = new HashMap<>();
  private int numbers;

  private final Map<String, TaskState> tasks = new HashMap<>();

  /** Every write, in order, e.g. {@code scale canary 3}. */
  public final List<String> writes = new ArrayList<>();

  /** What a test's pod says when it is asked for its log. */
  public final List<LogLine> taskLog = new ArrayList<>();

  /** Deployments whose pods are ready, but not yet taken up by any Service. */
  public final Set<String> late = new HashSet<>();

  /** Requests of any kind. */
  int calls;

  /** What somebody else does between the reading and the writing of the next update. */
  @Nullable Runnable meanwhile;

  private static final class Running {
    final String deployment;
    final Map<String, String> labels;
    boolean ready = true;
    boolean terminating;

    Running(String deployment, Map<String, String> labels) {
      this.deployment = deployment;
      this.labels = new TreeMap<>(labels);
    }
  }

  // ---- what tests say

  public void has(String yaml) {
    Yaml.objects(yaml)
        .forEach(
            object -> {
              var metadata = Fields.map(object, "metadata");
              metadata.putIfAbsent("namespace", "ns");
              metadata.putIfAbsent("generation", 1);
              metadata.putIfAbsent("uid", "uid-" + ++numbers);
              objects.put(key(object), object);
            });
  }

  public void remove(String kind, String name) {
    objects.remove(kind + "/" + name);
  }

  /** The object itself, to look at or to change as somebody else would. */
  public Map<String, Object> object(String kind, String name) {
    return Optional.ofNullable(objects.get(kind + "/" + name))
        .orElseThrow(() -> new AssertionError("no " + kind + " " + name + ": " + objects.keySet()));
  }

  public boolean isThere(String kind, String name) {
    return objects.containsKey(kind + "/" + name);
  }

  /** Pods that the Deployments ask for and have not got; then the endpoints. */
  public void start() {
    for (var object : List.copyOf(objects.values())) {
      if ("Deployment".equals(object.get("kind"))) {
        var name = name(object);
        var wanted = Fields.number(Fields.at(object, "spec", "replicas"), 1);
        for (var there = living(name).size(); there < wanted; there++) {
          var labels = Fields.texts(object, "spec", "template", "metadata", "labels");
          pods.put(name + "-" + String.format("%03d", ++numbers), new Running(name, labels));
        }
        living(name).stream().skip(wanted).forEach(this::kill);
      }
    }
    settle();
  }

  /** Endpoints as the labels and readiness of the pods are now. */
  public void settle() {
    endpoints = new HashMap<>();
    for (var object : objects.values()) {
      var selector = Fields.texts(object, "spec", "selector");
      if ("Service".equals(object.get("kind")) && !selector.isEmpty()) {
        endpoints.put(
            name(object),
            pods.entrySet().stream()
                .filter(pod -> pod.getValue().ready && !pod.getValue().terminating)
                .filter(pod -> pod.getValue().labels.entrySet().containsAll(selector.entrySet()))
                .filter(pod -> !late.contains(pod.getValue().deployment))
                .map(Map.Entry::getKey)
                .toList());
      }
    }
  }

  /** Names of a Deployment's pods that are not ending. */
  public List<String> living(String deployment) {
    return pods.entrySet().stream()
        .filter(pod -> pod.getValue().deployment.equals(deployment))
        .filter(pod -> !pod.getValue().terminating)
        .map(Map.Entry::getKey)
        .toList();
  }

  public void kill(String pod) {
    pods.remove(pod);
  }

  public void ready(String pod, boolean ready) {
    running(pod).ready = ready;
  }

  public void terminate(String pod) {
    running(pod).terminating = true;
  }

  public Map<String, String> labels(String pod) {
    return running(pod).labels;
  }

  private Running running(String pod) {
    return Optional.ofNullable(pods.get(pod)).orElseThrow();
  }

  /** As a controller does: answers for the newest generation, with the given statuses. */
  public void controllerAnswers(String route, String accepted, String resolvedRefs) {
    var object = object("HTTPRoute", route);
    var parents = new ArrayList<Map<String, Object>>();
    for (var parent : Fields.maps(object, "spec", "parentRefs")) {
      parents.add(
          copy(
              Map.of(
                  "parentRef",
                  parent,
                  "controllerName",
                  "example.com/controller",
                  "conditions",
                  List.of(
                      condition("Accepted", accepted, object),
                      condition("ResolvedRefs", resolvedRefs, object)))));
    }
    object.put("status", new LinkedHashMap<>(Map.of("parents", parents)));
  }

  private static Map<String, Object> condition(
      String type, String status, Map<String, Object> object) {
    return Map.of(
        "type",
        type,
        "status",
        status,
        "reason",
        "True".equals(status) ? type : "BackendNotFound",
        "message",
        "",
        "observedGeneration",
        Fields.number(Fields.at(object, "metadata", "generation"), 0));
  }

  // ---- the contract

  @Override
  public List<Applied> apply(String namespace, List<KubeObject> applied) {
    calls++;
    return applied.stream()
        .map(
            one -> {
              var object = copy(one.content());
              var metadata = Fields.map(object, "metadata");
              var old = objects.get(key(object));
              metadata.put("namespace", namespace);
              metadata.put(
                  "uid", old == null ? "uid-" + ++numbers : Fields.at(old, "metadata", "uid"));
              metadata.put("generation", 1);
              objects.put(key(object), object);
              writes.add("apply " + one.kind() + " " + one.name());
              return new Applied(ref(object), old == null, 1);
            })
        .toList();
  }

  @Override
  public Optional<KubeObject> live(ObjectRef ref) {
    calls++;
    return Optional.ofNullable(objects.get(ref.kind() + "/" + ref.name()))
        .map(
            object -> {
              var copy = copy(object);
              copy.remove("status");
              Fields.map(copy, "metadata").keySet().removeAll(List.of("uid", "generation"));
              return new KubeObject(copy);
            });
  }

  @Override
  public Optional<ObjectRef> find(String namespace, String apiVersion, String kind, String name) {
    calls++;
    return Optional.ofNullable(objects.get(kind + "/" + name)).map(FakeCluster::ref);
  }

  @Override
  public void delete(ObjectRef ref) {
    calls++;
    var there = objects.get(ref.kind() + "/" + ref.name());
    if (there != null && ref(there).equals(ref)) {
      objects.remove(key(there));
      writes.add("delete " + ref.label());
    }
  }

  @Override
  public List<ObjectRef> list(String namespace, List<String> kinds, Map<String, String> labels) {
    calls++;
    if (kinds.equals(List.of("v1/Pod"))) {
      return pods.entrySet().stream()
          .filter(pod -> pod.getValue().labels.entrySet().containsAll(labels.entrySet()))
          .map(pod -> new ObjectRef("v1", "Pod", namespace, pod.getKey(), "uid-" + pod.getKey()))
          .toList();
    }
    return objects.values().stream()
        .filter(object -> kinds.contains(object.get("apiVersion") + "/" + object.get("kind")))
        .filter(
            object ->
                Fields.texts(object, "metadata", "labels")
                    .entrySet()
                    .containsAll(labels.entrySet()))
        .map(FakeCluster::ref)
        .toList();
  }

  @Override
  public Optional<KubeObject> update(
      String namespace,
      String apiVersion,
      String kind,
      String name,
      UnaryOperator<Map<String, Object>> change) {
    while (true) {
      calls++;
      var live = objects.get(kind + "/" + name);
      if (live == null) {
        return Optional.empty();
      }
      var before = copy(live);
      var changed = copy(change.apply(copy(live)));
      if (meanwhile != null) {
        var other = meanwhile;
        meanwhile = null;
        other.run();
      }
      if (!before.equals(objects.get(kind + "/" + name))) {
        continue; // the conflict
      }
      if (!changed.equals(before)) {
        if (!Optional.ofNullable(changed.get("spec"))
            .equals(Optional.ofNullable(before.get("spec")))) {
          Fields.map(changed, "metadata")
              .put("generation", Fields.number(Fields.at(before, "metadata", "generation"), 0) + 1);
        }
        objects.put(kind + "/" + name, changed);
        writes.add("update " + kind + " " + name);
      }
      return Optional.of(new KubeObject(copy(changed)));
    }
  }

  @Override
  public Optional<Rollout> rollout(String namespace, String deployment) {
    calls++;
    return Optional.ofNullable(objects.get("Deployment/" + deployment))
        .map(
            object ->
                new Rollout(
                    ref(object),
                    false,
                    "",
                    Fields.number(Fields.at(object, "spec", "replicas"), 1),
                    (int) living(deployment).stream().filter(pod -> running(pod).ready).count(),
                    1,
                    living(deployment).stream()
                        .filter(pod -> !running(pod).ready)
                        .map(pod -> new PodTrouble(pod, "Unready", "no answer yet", false))
                        .toList(),
                    podsOf(namespace, deployment)));
  }

  @Override
  public List<Pod> podsOf(String namespace, String deployment) {
    calls++;
    return !objects.containsKey("Deployment/" + deployment)
        ? List.of()
        : pods.entrySet().stream()
            .filter(pod -> pod.getValue().deployment.equals(deployment))
            .map(pod -> pod(pod.getKey(), pod.getValue()))
            .toList();
  }

  private Pod pod(String name, Running pod) {
    var images = new HashMap<String, String>();
    for (var container :
        Fields.maps(
            objects.get("Deployment/" + pod.deployment),
            "spec",
            "template",
            "spec",
            "containers")) {
      images.put(String.valueOf(container.get("name")), String.valueOf(container.get("image")));
    }
    return new Pod(
        name,
        "uid-" + name,
        pod.ready,
        pod.terminating,
        "Running",
        null,
        Map.copyOf(pod.labels),
        images);
  }

  @Override
  public boolean labelPod(String namespace, String pod, Map<String, @Nullable String> labels) {
    calls++;
    var running = pods.get(pod);
    if (running == null) {
      return false;
    }
    for (var label : labels.entrySet()) {
      if (label.getValue() == null) {
        running.labels.remove(label.getKey());
      } else {
        running.labels.put(label.getKey(), label.getValue());
      }
    }
    writes.add("label " + pod);
    return true;
  }

  @Override
  public void scale(String namespace, String deployment, int replicas) {
    calls++;
    Fields.map(object("Deployment", deployment), "spec").put("replicas", replicas);
    writes.add("scale " + deployment + " " + replicas);
  }

  @Override
  public Optional<Map<String, String>> selector(String namespace, String service) {
    calls++;
    return Optional.ofNullable(objects.get("Service/" + service))
        .map(object -> Fields.texts(object, "spec", "selector"));
  }

  @Override
  public List<String> readyEndpoints(String namespace, String service) {
    calls++;
    return endpoints.getOrDefault(service, List.of());
  }

  // ---- pods that run once

  /** As the kubelet does when the container has ended. */
  public void taskEnds(String name, int exitCode) {
    tasks.put(name, state(name, exitCode == 0 ? Phase.SUCCEEDED : Phase.FAILED, exitCode));
  }

  /** Names of the pods that run once and are there. */
  public List<String> tasks() {
    return tasks.keySet().stream().sorted().toList();
  }

  private static TaskState state(String name, Phase phase, @Nullable Integer exitCode) {
    return new TaskState(
        new ObjectRef("v1", "Pod", "ns", name, "uid-" + name),
        phase,
        exitCode,
        null,
        null,
        null,
        null);
  }

  @Override
  public TaskState start(TaskSpec spec) {
    calls++;
    return tasks.computeIfAbsent(spec.name(), name -> state(name, Phase.RUNNING, null));
  }

  @Override
  public Optional<TaskState> task(String namespace, String name) {
    calls++;
    return Optional.ofNullable(tasks.get(name));
  }

  @Override
  public void removeTask(String namespace, String name) {
    calls++;
    tasks.remove(name);
  }

  @Override
  public void taskLog(
      String namespace, String name, @Nullable Instant since, Consumer<LogLine> sink) {
    calls++;
    if (tasks.containsKey(name)) {
      taskLog.stream().filter(line -> since == null || line.at().isAfter(since)).forEach(sink);
    }
  }

  @Override
  public void watch(String namespace, long run) {
    // Tests call again by themselves.
  }

  // ---- what nobody asks of it

  @Override
  public List<String> check(String namespace, List<KubeObject> objects) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, String> templateLabels(String namespace, String deployment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ObjectRef putSecret(
      String namespace, String name, Map<String, String> values, Map<String, String> labels) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Map<String, String>> secret(String namespace, String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String describe() {
    throw new UnsupportedOperationException();
  }

  // ----

  private static ObjectRef ref(Map<String, Object> object) {
    return new ObjectRef(
        String.valueOf(object.get("apiVersion")),
        String.valueOf(object.get("kind")),
        "ns",
        name(object),
        Fields.text(object, "metadata", "uid"));
  }

  private static String key(Map<String, Object> object) {
    return object.get("kind") + "/" + name(object);
  }

  private static String name(Map<String, Object> object) {
    return String.valueOf(Fields.text(object, "metadata", "name"));
  }

  private static Map<String, Object> copy(Map<String, Object> map) {
    return Fields.copy(map);
  }
}
