package io.aviary.simulation;

import io.aviary.simulation.ObjectStore.Deletion;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Jobs of one pod at a time. */
final class JobController {

  private final ObjectStore store;
  private final WorkQueue work;
  private final Pace pace;

  /** By the uid of a Job: pods of it that have failed, or were deleted before they ended. */
  private final Map<String, Set<String>> failed = new HashMap<>();

  private final Map<String, Set<String>> seen = new HashMap<>();

  JobController(ObjectStore store, WorkQueue work, Pace pace) {
    this.store = store;
    this.work = work;
    this.pace = pace;
  }

  void reconcile(ObjectKey key) {
    var found = store.find(key);
    if (found.isEmpty() || ObjectStore.isTerminating(found.get())) {
      return;
    }
    var job = found.get();
    if (!Json.at(job, "spec").has("selector")) {
      begin(key, job);
      return;
    }
    if (isFinished(job)) {
      return;
    }
    var uid = ObjectStore.uid(job);
    var pods = store.dependents(uid, Kind.POD);
    var lost = failed.computeIfAbsent(uid, any -> new HashSet<>());
    var known = seen.computeIfAbsent(uid, any -> new HashSet<>());
    var there = new HashSet<String>();
    var succeeded = 0;
    var active = 0;
    var ready = 0;
    for (var pod : pods) {
      there.add(ObjectStore.uid(pod));
      switch (Json.text(pod, "status", "phase")) {
        case "Succeeded" -> succeeded++;
        case "Failed" -> lost.add(ObjectStore.uid(pod));
        default -> {
          active += ObjectStore.isTerminating(pod) ? 0 : 1;
          ready += PodStatus.isReady(pod) ? 1 : 0;
        }
      }
    }
    known.stream().filter(pod -> !there.contains(pod)).forEach(lost::add);
    known.addAll(there);
    if (succeeded > 0) {
      finish(
          key,
          1,
          lost.size(),
          "Complete",
          "CompletionsReached",
          "Reached expected number of succeeded pods");
    } else if (lost.size() > Json.number(job, 6, "spec", "backoffLimit")) {
      finish(
          key,
          0,
          lost.size(),
          "Failed",
          "BackoffLimitExceeded",
          "Job has reached the specified backoff limit");
    } else {
      if (active == 0 && pods.stream().noneMatch(ObjectStore::isTerminating)) {
        var backoff = lost.isEmpty() ? Duration.ZERO : pace.seconds(10 * lost.size());
        work.after(backoff, () -> createPod(key, uid));
      }
      counts(key, active, ready, 0, lost.size());
    }
  }

  private void begin(ObjectKey key, ObjectNode job) {
    var uid = ObjectStore.uid(job);
    store.tryUpdate(
        key,
        object -> {
          Json.make(object, "spec", "selector", "matchLabels")
              .put("batch.kubernetes.io/controller-uid", uid);
          Json.make(object, "spec", "template", "metadata", "labels")
              .put("batch.kubernetes.io/controller-uid", uid)
              .put("batch.kubernetes.io/job-name", key.name())
              .put("controller-uid", uid)
              .put("job-name", key.name());
          Json.make(object, "status").put("startTime", store.now());
          return object;
        });
    var deadline = Json.number(job, 0, "spec", "activeDeadlineSeconds");
    if (deadline > 0) {
      work.after(Duration.ofSeconds(deadline), () -> expire(key, uid));
    }
  }

  private void createPod(ObjectKey key, String uid) {
    var job = store.find(key).filter(there -> ObjectStore.uid(there).equals(uid));
    if (job.isEmpty()
        || ObjectStore.isTerminating(job.get())
        || isFinished(job.get())
        || store.dependents(uid, Kind.POD).stream().anyMatch(pod -> !PodStatus.isFinished(pod))) {
      return;
    }
    var pod = Owned.pod(job.get(), Json.at(job.get(), "spec", "template"));
    try {
      store.create(
          new ObjectKey(Kind.POD, key.namespace(), key.name() + "-" + ApiServer.suffix()), pod);
    } catch (ApiException e) {
      // The namespace goes away, and the Job with it.
    }
  }

  private void expire(ObjectKey key, String uid) {
    store
        .find(key)
        .filter(job -> ObjectStore.uid(job).equals(uid) && !isFinished(job))
        .ifPresent(
            job -> {
              store.dependents(uid, Kind.POD).stream()
                  .filter(pod -> !PodStatus.isFinished(pod))
                  .forEach(pod -> store.delete(Owned.key(Kind.POD, pod), Deletion.BACKGROUND));
              finish(
                  key,
                  0,
                  1,
                  "Failed",
                  "DeadlineExceeded",
                  "Job was active longer than specified deadline");
            });
  }

  private void finish(
      ObjectKey key, int succeeded, int failed, String condition, String reason, String message) {
    counts(key, 0, 0, succeeded, failed);
    var uid = ObjectStore.uid(store.get(key));
    store.tryUpdate(
        key,
        job -> {
          var now = store.now();
          var before = condition.equals("Complete") ? "SuccessCriteriaMet" : "FailureTarget";
          PodStatus.condition(job, before, true, reason, message, now);
          PodStatus.condition(job, condition, true, reason, message, now);
          if (condition.equals("Complete")) {
            Json.make(job, "status").put("completionTime", now);
          }
          return job;
        });
    this.failed.remove(uid);
    seen.remove(uid);
    var ttl = Json.number(store.get(key), -1, "spec", "ttlSecondsAfterFinished");
    if (ttl >= 0) {
      work.after(
          Duration.ofSeconds(ttl),
          () ->
              store
                  .find(key)
                  .filter(job -> ObjectStore.uid(job).equals(uid))
                  .ifPresent(job -> store.delete(key, Deletion.BACKGROUND)));
    }
  }

  private void counts(ObjectKey key, int active, int ready, int succeeded, int failed) {
    store.tryUpdate(
        key,
        job -> {
          var status = Json.make(job, "status").put("ready", ready);
          count(status, "active", active);
          count(status, "succeeded", succeeded);
          count(status, "failed", failed);
          return job;
        });
  }

  private static void count(ObjectNode status, String field, int value) {
    if (value == 0) {
      status.remove(field);
    } else {
      status.put(field, value);
    }
  }

  private static boolean isFinished(ObjectNode job) {
    return PodStatus.isTrue(job, "Complete") || PodStatus.isTrue(job, "Failed");
  }
}
