package io.aviary.kubernetes;

import io.aviary.kubernetes.Cluster.LogLine;
import io.aviary.kubernetes.Cluster.PodTrouble;
import io.aviary.kubernetes.Cluster.TaskSpec;
import io.aviary.kubernetes.Cluster.TaskState;
import io.aviary.kubernetes.Cluster.TaskState.Phase;
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
  private final PodSecrets secrets;

  Tasks(Api api, Troubles troubles, PodSecrets secrets) {
    this.api = api;
    this.troubles = troubles;
    this.secrets = secrets;
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
        .or(() -> pod(namespace, name).map(pod -> state(LiveObjects.ref(pod), pod)));
  }

  /** Job and pod: by the name alone nobody knows which of both there is. */
  void ahead(String namespace, String name, boolean asJob) {
    api.ahead(jobs(namespace) + "/" + Api.encoded(name), "read Job " + in(namespace, name));
    if (asJob) {
      api.ahead(podsOf(namespace, name), listPodsOf(name));
    } else {
      api.ahead(pods(namespace) + "/" + Api.encoded(name), "read Pod " + in(namespace, name));
    }
  }

  void remove(String namespace, String name) {
    var job = job(namespace, name);
    var pod = pod(namespace, name);
    job.ifPresent(found -> delete(jobs(namespace), found));
    pod.ifPresent(found -> delete(pods(namespace), found));
  }

  void log(String namespace, String name, @Nullable Instant since, Consumer<LogLine> sink) {
    var pod = job(namespace, name).map(this::podOf).orElseGet(() -> pod(namespace, name));
    if (pod.isEmpty()) {
      return;
    }
    secrets.learnFrom(pod.get());
    Map<String, String> query = new LinkedHashMap<>();
    query.put("container", TaskObjects.CONTAINER);
    query.put("timestamps", "true");
    if (since != null) {
      query.put("sinceTime", since.toString());
    }
    var podName = Pods.name(pod.get());
    var path = Api.query(pods(namespace) + "/" + Api.encoded(podName) + "/log", query);
    var doing = "read the log of pod " + in(namespace, podName);
    try (var stream = api.stream(path, doing)) {
      new LogReader(since, secrets.masking(), sink).read(stream);
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

  private TaskState state(Map<String, Object> job, Optional<Map<String, Object>> pod) {
    var ref = LiveObjects.ref(job);
    if (pod.isPresent()) {
      return state(ref, pod.get());
    }
    var failure =
        Pods.condition(job, "Failed")
            .filter(condition -> "True".equals(condition.get("status")))
            .map(condition -> Troubles.trouble(job, condition));
    return new TaskState(
        ref,
        failure.isPresent() ? Phase.FAILED : Phase.PENDING,
        null,
        null,
        failure.or(() -> notCreated(job)).orElse(null),
        null,
        null);
  }

  private TaskState state(ObjectRef ref, Map<String, Object> pod) {
    var container =
        Pods.containers(pod).stream()
            .filter(status -> TaskObjects.CONTAINER.equals(status.get("name")))
            .findFirst()
            .orElse(Map.of());
    var ended = Json.map(container, "state", "terminated");
    if (!ended.isEmpty()) {
      return ended(ref, pod, ended);
    }
    var running = Json.map(container, "state", "running");
    return new TaskState(
        ref,
        Pods.phase(pod).equals("Failed")
            ? Phase.FAILED
            : running.isEmpty() ? Phase.PENDING : Phase.RUNNING,
        null,
        null,
        troubles.ofTask(pod).orElse(null),
        Pods.instant(running, "startedAt"),
        null);
  }

  private TaskState ended(ObjectRef ref, Map<String, Object> pod, Map<String, Object> ended) {
    secrets.learnFrom(pod);
    var reason = Json.textOr("", ended, "reason");
    boolean started = !NEVER_STARTED.contains(reason);
    boolean byItself = started && Json.text(pod, "status", "reason") == null;
    int exitCode = (int) Json.number(ended, "exitCode");
    return new TaskState(
        ref,
        byItself && exitCode == 0 ? Phase.SUCCEEDED : Phase.FAILED,
        byItself ? exitCode : null,
        started ? secrets.masking().maskNullable(Json.text(ended, "message")) : null,
        troubles.ofTask(pod).or(() -> killed(pod, ended, started)).orElse(null),
        started ? Pods.instant(ended, "startedAt") : null,
        Pods.instant(ended, "finishedAt"));
  }

  /** OOMKilled, StartError …: the exit code alone does not say it. */
  private static Optional<PodTrouble> killed(
      Map<String, Object> pod, Map<String, Object> ended, boolean started) {
    var reason = Json.textOr("Error", ended, "reason");
    if (reason.equals("Completed") || reason.equals("Error")) {
      return Optional.empty();
    }
    return Optional.of(
        Troubles.trouble(
            Pods.name(pod),
            reason,
            started
                ? "ended with exit code " + Json.number(ended, "exitCode")
                : Json.textOr("", ended, "message")));
  }

  /** A quota, or a Pod Security level, keeps the Job from making its pod. */
  private Optional<PodTrouble> notCreated(Map<String, Object> job) {
    return troubles
        .warning(job, event -> "FailedCreate".equals(event.get("reason")))
        .map(event -> Troubles.trouble(job, event));
  }

  private Optional<Map<String, Object>> job(String namespace, String name) {
    return api.get(jobs(namespace) + "/" + Api.encoded(name), "read Job " + in(namespace, name));
  }

  private Optional<Map<String, Object>> pod(String namespace, String name) {
    return api.get(pods(namespace) + "/" + Api.encoded(name), "read Pod " + in(namespace, name));
  }

  private Optional<Map<String, Object>> podOf(Map<String, Object> job) {
    return api
        .list(podsOf(Pods.namespace(job), Pods.name(job)), listPodsOf(Pods.name(job)))
        .stream()
        .filter(pod -> Pods.isOwnedBy(pod, Pods.uid(job)))
        .max(Comparator.comparing(pod -> Json.textOr("", pod, "metadata", "creationTimestamp")));
  }

  private static String podsOf(String namespace, String job) {
    return Api.query(pods(namespace), Map.of("labelSelector", "job-name=" + job));
  }

  private static String listPodsOf(String job) {
    return "list the pods of Job " + job;
  }

  private void delete(String path, Map<String, Object> object) {
    api.delete(
        path + "/" + Api.encoded(Pods.name(object)),
        Pods.uid(object),
        "delete the task " + in(Pods.namespace(object), Pods.name(object)));
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
