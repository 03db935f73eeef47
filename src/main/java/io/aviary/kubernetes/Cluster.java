package io.aviary.kubernetes;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One Kubernetes cluster, in the words that a release needs. Each method is one or few requests,
 * bounded in time (10 s), never a wait for the cluster to reach a state. All throw {@link
 * ClusterException}. Safe for use by many threads.
 */
public interface Cluster {

  // ---- objects

  /**
   * Server-side apply with field manager {@code aviary}, forced, in the order given. Fields that
   * kubectl's client-side apply owned are taken over first, so that a field that leaves the
   * manifest leaves the object. Where a HorizontalPodAutoscaler scales a Deployment, {@code
   * replicas} is handed over and then left out.
   *
   * @return one for each object, in order
   */
  List<Applied> apply(String namespace, List<KubeObject> objects);

  /**
   * What an apply did.
   *
   * @param created false: the object was there before
   */
  record Applied(ObjectRef ref, boolean created, long generation) {}

  /**
   * What the API server would refuse of these, in its words: a dry run of {@link #apply}, of all of
   * them. Nothing is changed.
   *
   * @return empty: it would take all
   */
  List<String> check(String namespace, List<KubeObject> objects);

  /**
   * The live object without what the server added (status, managedFields, uid, resourceVersion,
   * defaults of kubectl …).
   */
  Optional<KubeObject> live(ObjectRef ref);

  /** Whether the object is there; its uid is in the answer. */
  Optional<ObjectRef> find(String namespace, String apiVersion, String kind, String name);

  /**
   * Deletes in the background propagation, with the uid as precondition; an object that is gone or
   * another is no error.
   */
  void delete(ObjectRef ref);

  /**
   * Objects of these kinds whose labels match, e.g. what a run made. Kinds as {@code
   * apps/v1/Deployment}.
   */
  List<ObjectRef> list(String namespace, List<String> kinds, Map<String, String> labels);

  /**
   * Reads an object, lets {@code change} alter its copy and writes it back unless another has
   * written meanwhile: then it reads again, five times at most. For objects that are shared with
   * others, such as an HTTPRoute. Nothing is written where nothing changed.
   *
   * @param change returns what it got or another map; may be called more than once
   * @return the object as it is then, with what the server added; empty: there is none
   */
  Optional<KubeObject> update(
      String namespace,
      String apiVersion,
      String kind,
      String name,
      UnaryOperator<Map<String, Object>> change);

  // ---- roll-outs and pods

  /**
   * How far a Deployment is, by its own status and its pods' words.
   *
   * @return empty: there is no such Deployment
   */
  Optional<Rollout> rollout(String namespace, String deployment);

  /**
   * State of a Deployment.
   *
   * @param complete the observed generation is the newest, and all replicas are updated and
   *     available, none old is left
   * @param progress "7 of 9 pods ready", shown while it goes on
   * @param desired number of replicas asked for
   * @param ready how many pods of the newest ReplicaSet are ready
   * @param troubles why pods of the newest ReplicaSet are not ready, in the cluster's own words, or
   *     are not even made (a quota); at most three pods; empty once complete
   * @param pods those of the newest ReplicaSet, terminating ones left out
   */
  record Rollout(
      ObjectRef ref,
      boolean complete,
      String progress,
      int desired,
      int ready,
      long generation,
      List<PodTrouble> troubles,
      List<Pod> pods) {}

  /**
   * Why a pod is not ready.
   *
   * @param reason {@code ImagePullBackOff}, {@code CrashLoopBackOff}, {@code Unschedulable}, {@code
   *     Unready} …
   * @param words the message of the cluster, and for a crash its exit code and last lines of log
   * @param fatal one of the reasons that counts as failed after 60 s in sum (see design)
   */
  record PodTrouble(String pod, String reason, String words, boolean fatal) {}

  /**
   * A pod.
   *
   * @param startedAt null: not started
   * @param images image references with the digests that run, by container
   */
  record Pod(
      String name,
      String uid,
      boolean ready,
      boolean terminating,
      String phase,
      @Nullable Instant startedAt,
      Map<String, String> labels,
      Map<String, String> images) {}

  /**
   * Pods that a Deployment owns, by owner references through its ReplicaSets, not by labels.
   * Terminating ones included.
   */
  List<Pod> podsOf(String namespace, String deployment);

  /** Labels of a Deployment's pod template; empty where there is no such Deployment. */
  Map<String, String> templateLabels(String namespace, String deployment);

  /**
   * Puts labels on a running pod, or takes off those whose value is null. A pod that is gone is no
   * error: false.
   */
  boolean labelPod(String namespace, String pod, Map<String, @Nullable String> labels);

  /**
   * Sets the number of replicas by the scale subresource, with field manager {@code aviary}. One
   * that is gone is no error: who reads it next sees that.
   */
  void scale(String namespace, String deployment, int replicas);

  /** What is about to be read. */
  sealed interface Reading {
    /** As {@link #live} and {@link #find}, and with a Deployment what is asked of one. */
    record OfObject(String apiVersion, String kind, String name) implements Reading {

      public static OfObject deployment(String name) {
        return new OfObject("apps/v1", "Deployment", name);
      }
    }

    /** As {@link #list} of the kind {@code v1/Pod}. */
    record OfPods(Map<String, String> labels) implements Reading {}

    /** As {@link #task} and {@link #taskLog} begin. */
    record OfTask(String name, boolean asJob) implements Reading {}

    /** As {@link #readyEndpoints}. */
    record OfEndpoints(String service) implements Reading {}
  }

  /**
   * Asks for all of these at once, so that a call of a step that reads them need not wait for one
   * after the other. Which of them is the older is open then. Outside of a call it does nothing.
   */
  default void ahead(String namespace, List<Reading> readings) {}

  /** The Service's selector; empty: there is no such Service. */
  Optional<Map<String, String>> selector(String namespace, String service);

  /** Names of the pods that are ready endpoints of the Service now, from its EndpointSlices. */
  List<String> readyEndpoints(String namespace, String service);

  // ---- pods that run once

  /** Starts it unless an object of that name is there already; returns what is there. */
  TaskState start(TaskSpec spec);

  /** Empty: neither Job nor pod of that name is there. */
  Optional<TaskState> task(String namespace, String name);

  /** Deletes Job or pod and what it owns; gone already is no error. */
  void removeTask(String namespace, String name);

  /**
   * Reads what is there of the log of a task's container: nothing if it has not started, or is
   * gone. At most about 8 MiB a call; lines longer than 64 KiB are cut, and say so.
   *
   * @param since only lines after this moment, by the kubelet's time stamps; null: from the start
   * @param sink called for each line with its time stamp, in order, by the calling thread
   */
  void taskLog(String namespace, String name, @Nullable Instant since, Consumer<LogLine> sink);

  /** A line of a container's log. */
  record LogLine(Instant at, String text) {}

  /**
   * A pod that runs once. It gets no service account token, and no rights beyond what is said here.
   *
   * @param asJob a batch/v1 Job with no retries; else a bare pod
   * @param command empty: the image's own
   * @param secretEnv environment variables from Secrets: variable to (secret, key)
   * @param secretMounts Secrets mounted read-only: path to secret name; a registry's {@code
   *     .dockerconfigjson} is there as {@code config.json} too
   * @param scratch paths of emptyDir volumes
   * @param privileged for a builder only
   * @param deadline the cluster itself ends it after this time
   */
  record TaskSpec(
      String namespace,
      String name,
      boolean asJob,
      String image,
      List<String> command,
      List<String> args,
      Map<String, String> env,
      Map<String, SecretKey> secretEnv,
      Map<String, String> secretMounts,
      List<String> scratch,
      Map<String, String> limits,
      Map<String, String> requests,
      @Nullable String serviceAccount,
      Map<String, String> nodeSelector,
      @Nullable String imagePullSecret,
      boolean privileged,
      boolean seccompUnconfined,
      Duration deadline,
      Map<String, String> labels) {}

  /** A key of a Secret. */
  record SecretKey(String secret, String key) {}

  /**
   * Where a task is.
   *
   * @param exitCode once it has ended by itself
   * @param message the container's termination message, at most 4 KiB
   * @param trouble why it cannot start or was ended, in the cluster's words
   */
  record TaskState(
      ObjectRef ref,
      Phase phase,
      @Nullable Integer exitCode,
      @Nullable String message,
      @Nullable PodTrouble trouble,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt) {
    /** The stages of a task. */
    public enum Phase {
      PENDING,
      RUNNING,
      SUCCEEDED,
      FAILED
    }
  }

  // ---- secrets

  /** Creates or replaces an Opaque Secret; values appear in no log. */
  ObjectRef putSecret(
      String namespace, String name, Map<String, String> values, Map<String, String> labels);

  /** Decoded values of a Secret; empty: there is none. */
  Optional<Map<String, String>> secret(String namespace, String name);

  // ---- events

  /**
   * Wakes the run whenever a pod, Job, Deployment, ReplicaSet or EndpointSlice of the namespace
   * changes, until a few safety polls after the last call for it. Cheap to call again; does not
   * connect by itself. The watch is shared by the runs of a namespace and survives cut connections.
   */
  void watch(String namespace, long run);

  // ---- health

  /** Version of the API server, and its address; throws if it is not reachable. */
  String describe();
}
