package io.aviary.images;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.ClusterException;
import io.aviary.kubernetes.Clusters;
import io.aviary.kubernetes.KubeObject;
import io.aviary.kubernetes.ObjectRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Tasks and Secrets in memory; a test says how its tasks go on. */
final class FakeCluster implements Cluster, Clusters {

  final List<TaskSpec> started = new ArrayList<>();
  final Map<String, TaskState> tasks = new LinkedHashMap<>();
  final Map<String, Map<String, String>> secrets = new HashMap<>();
  final Map<String, Map<String, String>> secretLabels = new HashMap<>();
  final List<String> watched = new ArrayList<>();
  final List<@Nullable Instant> logReads = new ArrayList<>();
  final Map<String, List<LogLine>> logs = new HashMap<>();
  @Nullable ClusterException refuseStart;
  @Nullable ClusterException refuseLog;

  /** The one task that there is. */
  String onlyTask() {
    if (tasks.size() != 1) {
      throw new AssertionError("not one task but " + tasks.keySet());
    }
    return tasks.keySet().iterator().next();
  }

  void state(
      TaskState.Phase phase,
      @Nullable Integer exitCode,
      @Nullable String message,
      @Nullable PodTrouble trouble) {
    var name = onlyTask();
    tasks.put(
        name,
        new TaskState(
            ref("Job", name),
            phase,
            exitCode,
            message,
            trouble,
            FakeStep.START,
            exitCode == null ? null : FakeStep.START.plusSeconds(30)));
  }

  void says(Instant at, String... lines) {
    for (var i = 0; i < lines.length; i++) {
      logs.computeIfAbsent(onlyTask(), key -> new ArrayList<>())
          .add(new LogLine(at.plusMillis(i), lines[i]));
    }
  }

  @Override
  public Cluster cluster(@Nullable String context) {
    return this;
  }

  @Override
  public TaskState start(TaskSpec spec) {
    if (refuseStart != null) {
      throw refuseStart;
    }
    started.add(spec);
    return tasks.computeIfAbsent(
        spec.name(),
        name ->
            new TaskState(ref("Job", name), TaskState.Phase.PENDING, null, null, null, null, null));
  }

  @Override
  public Optional<TaskState> task(String namespace, String name) {
    return Optional.ofNullable(tasks.get(name));
  }

  @Override
  public void removeTask(String namespace, String name) {
    tasks.remove(name);
    logs.remove(name);
  }

  @Override
  public void taskLog(
      String namespace, String name, @Nullable Instant since, Consumer<LogLine> sink) {
    logReads.add(since);
    if (refuseLog != null) {
      throw refuseLog;
    }
    logs.getOrDefault(name, List.of()).stream()
        .filter(line -> since == null || line.at().isAfter(since))
        .forEach(sink);
  }

  @Override
  public ObjectRef putSecret(
      String namespace, String name, Map<String, String> values, Map<String, String> labels) {
    secrets.put(name, values);
    secretLabels.put(name, labels);
    return ref("Secret", name);
  }

  @Override
  public Optional<Map<String, String>> secret(String namespace, String name) {
    return Optional.ofNullable(secrets.get(name));
  }

  @Override
  public Optional<ObjectRef> find(String namespace, String apiVersion, String kind, String name) {
    return secrets.containsKey(name) ? Optional.of(ref("Secret", name)) : Optional.empty();
  }

  @Override
  public void delete(ObjectRef ref) {
    secrets.remove(ref.name());
  }

  @Override
  public void watch(String namespace, long run) {
    watched.add(namespace + "/" + run);
  }

  private static ObjectRef ref(String kind, String name) {
    return new ObjectRef(kind.equals("Job") ? "batch/v1" : "v1", kind, "otom8", name, "uid-1");
  }

  // ---- not for builds

  @Override
  public List<Applied> apply(String namespace, List<KubeObject> objects) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<KubeObject> live(ObjectRef ref) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ObjectRef> list(String namespace, List<String> kinds, Map<String, String> labels) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> check(String namespace, List<KubeObject> objects) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<KubeObject> update(
      String namespace,
      String apiVersion,
      String kind,
      String name,
      UnaryOperator<Map<String, Object>> change) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Rollout> rollout(String namespace, String deployment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Pod> podsOf(String namespace, String deployment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean labelPod(String namespace, String pod, Map<String, @Nullable String> labels) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void scale(String namespace, String deployment, int replicas) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, String> templateLabels(String namespace, String deployment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Map<String, String>> selector(String namespace, String service) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> readyEndpoints(String namespace, String service) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String describe() {
    throw new UnsupportedOperationException();
  }
}
