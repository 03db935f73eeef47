package io.aviary.kubernetes;

import io.aviary.kubernetes.Cluster.LogLine;
import io.aviary.kubernetes.Cluster.PodTrouble;
import io.aviary.kubernetes.Cluster.TaskSpec;
import io.aviary.kubernetes.Cluster.TaskState;
import io.aviary.kubernetes.Cluster.TaskState.Phase;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Pods that run once: Jobs, or bare pods. */
final class Tasks {

  /** Where these are the reason, the message is not the container's. */
  private static final Set<String> NEVER_STARTED = Set.of("StartError", "ContainerCannotRun");

  private final Api api;
  private final Troubles troubles;

  Tasks(Api api, Troubles troubles) {
    this.api = api;
    this.troubles = troubles;
  }

  TaskState start(TaskSpec spec) {
    var path = spec.asJob() ? jobs(spec.namespace()) : pods(spec.namespace());
    var doing = "start " + (spec.asJob() ? "Job " : "Pod ") + in(spec.namespace(), spec.name());
    try {
      var made = api.write("POST", path, Api.Body.OBJECT, TaskObjects.of(spec), doing).object();
      return new TaskState(LiveObjects.ref(made), Phase.PENDING, null, null, null, null, null);
    } catch (Api.Refusal e) {
      if (e.code() != 409) {
        throw e;
      }
      return task(spec.namespace(), spec.name()).orElseThrow(() -> e);
    }
  }

  Optional<TaskState> task(String namespace, String name) {
    return job(namespace, name)
        .map(job -> state(job, podOf(job)))
        .or(() -> pod(namespace, name).map(pod -> state(ref(pod, "v1", "Pod"), pod)));
  }

  void remove(String namespace, String name) {
    job(namespace, name).ifPresent(job -> delete(jobs(namespace), job));
    pod(namespace, name).ifPresent(pod -> delete(pods(namespace), pod));
  }

  void log(String namespace, String name, @Nullable Instant since, Consumer<LogLine> sink) {
    var pod = job(namespace, name).map(this::podOf).orElseGet(() -> pod(namespace, name));
    if (pod.isEmpty()) {
      return;
    }
    Map<String, String> query = new LinkedHashMap<>();
    query.put("container", TaskObjects.CONTAINER);
    query.put("timestamps", "true");
    if (since != null) {
      query.put("sinceTime", since.toString());
    }
    var podName = pod.get().getMetadata().getName();
    var path = Api.query(pods(namespace) + "/" + Api.encoded(podName) + "/log", query);
    var doing = "read the log of pod " + in(namespace, podName);
    try (var stream = api.stream(path, doing)) {
      new LogReader(since, sink).read(stream);
    } catch (Api.Refusal e) {
      // 400: the container has not started yet; 404: the pod is gone.
      if (e.code() != 400 && e.code() != 404) {
        throw e;
      }
    } catch (IOException e) {
      throw new ClusterException(
          "Could not " + doing + " at " + api.address() + ": " + Faults.words(e), false, e);
    }
  }

  private TaskState state(Job job, Optional<Pod> pod) {
    var ref = ref(job, "batch/v1", "Job");
    if (pod.isPresent()) {
      return state(ref, pod.get());
    }
    var failure = failure(job);
    return new TaskState(
        ref,
        failure.isPresent() ? Phase.FAILED : Phase.PENDING,
        null,
        null,
        failure.or(() -> notCreated(job)).orElse(null),
        null,
        null);
  }

  private TaskState state(ObjectRef ref, Pod pod) {
    var state =
        Pods.containers(pod).stream()
            .filter(container -> container.getName().equals(TaskObjects.CONTAINER))
            .map(container -> container.getState())
            .findFirst()
            .orElse(null);
    var ended = state == null ? null : state.getTerminated();
    var running = state == null ? null : state.getRunning();
    if (ended != null) {
      return ended(ref, pod, ended);
    }
    return new TaskState(
        ref,
        "Failed".equals(Pods.phase(pod))
            ? Phase.FAILED
            : running != null ? Phase.RUNNING : Phase.PENDING,
        null,
        null,
        troubles.ofTask(pod).orElse(null),
        running == null ? null : Pods.instant(running.getStartedAt()),
        null);
  }

  private TaskState ended(ObjectRef ref, Pod pod, ContainerStateTerminated ended) {
    boolean started = !NEVER_STARTED.contains(String.valueOf(ended.getReason()));
    boolean byItself = started && pod.getStatus().getReason() == null;
    return new TaskState(
        ref,
        byItself && Integer.valueOf(0).equals(ended.getExitCode()) ? Phase.SUCCEEDED : Phase.FAILED,
        byItself ? ended.getExitCode() : null,
        started ? ended.getMessage() : null,
        troubles.ofTask(pod).or(() -> killed(pod, ended)).orElse(null),
        Pods.instant(ended.getStartedAt()),
        Pods.instant(ended.getFinishedAt()));
  }

  /** OOMKilled, StartError …: the exit code alone does not say it. */
  private static Optional<PodTrouble> killed(Pod pod, ContainerStateTerminated ended) {
    return Optional.ofNullable(ended.getReason())
        .filter(reason -> !reason.equals("Completed") && !reason.equals("Error"))
        .map(
            reason ->
                Troubles.trouble(
                    pod.getMetadata().getName(),
                    reason,
                    NEVER_STARTED.contains(reason)
                        ? String.valueOf(ended.getMessage())
                        : "ended with exit code " + ended.getExitCode()));
  }

  private static Optional<PodTrouble> failure(Job job) {
    return Optional.ofNullable(job.getStatus()).stream()
        .flatMap(status -> status.getConditions().stream())
        .filter(condition -> "Failed".equals(condition.getType()))
        .filter(condition -> "True".equals(condition.getStatus()))
        .findFirst()
        .map(
            condition ->
                Troubles.trouble(
                    job.getMetadata().getName(),
                    String.valueOf(condition.getReason()),
                    String.valueOf(condition.getMessage())));
  }

  /** A quota, or a Pod Security level, keeps the Job from making its pod. */
  private Optional<PodTrouble> notCreated(Job job) {
    var metadata = job.getMetadata();
    return troubles
        .warning(
            metadata.getNamespace(),
            metadata.getUid(),
            event -> "FailedCreate".equals(event.getReason()))
        .map(event -> Troubles.trouble(metadata.getName(), event.getReason(), event.getMessage()));
  }

  private Optional<Job> job(String namespace, String name) {
    return api.get(
        jobs(namespace) + "/" + Api.encoded(name), Job.class, "read Job " + in(namespace, name));
  }

  private Optional<Pod> pod(String namespace, String name) {
    return api.get(
        pods(namespace) + "/" + Api.encoded(name), Pod.class, "read Pod " + in(namespace, name));
  }

  private Optional<Pod> podOf(Job job) {
    var metadata = job.getMetadata();
    return api
        .list(
            pods(metadata.getNamespace()),
            Map.of("labelSelector", "job-name=" + metadata.getName()),
            PodList.class,
            "list the pods of Job " + metadata.getName())
        .stream()
        .flatMap(pods -> pods.getItems().stream())
        .filter(pod -> Pods.isOwnedBy(pod, metadata.getUid()))
        .max(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()));
  }

  private void delete(String path, HasMetadata object) {
    var metadata = object.getMetadata();
    api.delete(
        path + "/" + Api.encoded(metadata.getName()),
        metadata.getUid(),
        "delete " + object.getKind() + " " + in(metadata.getNamespace(), metadata.getName()));
  }

  private static ObjectRef ref(HasMetadata object, String apiVersion, String kind) {
    var metadata = object.getMetadata();
    return new ObjectRef(
        apiVersion, kind, metadata.getNamespace(), metadata.getName(), metadata.getUid());
  }

  private static String jobs(String namespace) {
    return "/apis/batch/v1/namespaces/" + namespace + "/jobs";
  }

  private static String pods(String namespace) {
    return "/api/v1/namespaces/" + namespace + "/pods";
  }

  private static String in(String namespace, String name) {
    return name + " in namespace " + namespace;
  }
}
