package io.aviary.images;

import io.aviary.images.BuiltImage.Progress;
import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.Cluster.PodTrouble;
import io.aviary.kubernetes.Cluster.Reading;
import io.aviary.kubernetes.Cluster.TaskState;
import io.aviary.kubernetes.ClusterException;
import io.aviary.kubernetes.Names;
import io.aviary.release.AviaryProperties;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Job of one build, looked at for the time of one call. */
final class BuildJob {

  /** How often the log of a build that runs is fetched. */
  private static final Duration LOG_PAUSE = Duration.ofSeconds(1);

  /** How long a pod may be in a state that counts as failed. */
  private static final Duration TROUBLE_PATIENCE = Duration.ofMinutes(1);

  /** How long before the end of its log a build began to say why it failed. */
  private static final Duration FAILURE_WORDS = Duration.ofMinutes(1);

  /** How long the end of a log is asked for, once the build has ended. */
  private static final Duration LOG_PATIENCE = Duration.ofMinutes(1);

  /** The cluster ends what we did not: later than we do, because it takes the log with the pod. */
  private static final Duration CLUSTER_PATIENCE = Duration.ofMinutes(1);

  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final int LOG_BATCH = 1 << 16;

  private final StepContext<BuiltImage> step;
  private final Cluster cluster;
  private final String namespace;
  private final AviaryProperties properties;
  private final Recipe recipe;
  private final ImageReference image;
  private final CloneUrl source;
  private final String name;
  private BuiltImage data;
  private Progress progress;

  BuildJob(
      StepContext<BuiltImage> step,
      Cluster cluster,
      String namespace,
      AviaryProperties properties,
      Recipe recipe,
      ImageReference image) {
    this.step = step;
    this.cluster = cluster;
    this.namespace = namespace;
    this.properties = properties;
    this.recipe = recipe;
    this.image = image;
    this.source = CloneUrl.of(step.application().effectiveCloneUrl(), properties.github().token());
    this.name = name(step, recipe);
    this.progress =
        step.data().map(BuiltImage::progress).orElseGet(() -> new Progress(name, null, null, null));
    this.data =
        step.data().orElseGet(() -> new BuiltImage(image.toString(), null, false, progress));
  }

  /**
   * The same at each call of the step. The recipe's hash keeps two servers apart whose builds run
   * in one namespace.
   */
  private static String name(StepContext<BuiltImage> step, Recipe recipe) {
    return Names.object(
        step.run().application(),
        String.valueOf(step.run().id()),
        "build",
        step.subject(),
        recipe.hash().substring(0, 8));
  }

  Outcome<BuiltImage> advance() {
    if (data.digest() != null) {
      return succeeded(data.digest());
    }
    var failure = progress.failure();
    if (failure != null) {
      return removed(failure);
    }
    cluster.watch(namespace, step.run().id());
    if (step.data().isPresent()) {
      cluster.ahead(namespace, List.of(new Reading.OfTask(name, true)));
    }
    TaskState state;
    try {
      state = look();
    } catch (ClusterException e) {
      if (!e.isRejection()) {
        throw e;
      }
      return failed("cannot be started: " + e.getMessage(), List.of());
    }
    if (state == null) {
      return overdue(null);
    }
    return switch (state.phase()) {
      case PENDING -> pending(state);
      case RUNNING -> running(state);
      case SUCCEEDED -> {
        storeEndOfLog(state);
        yield digestOf(state);
      }
      case FAILED -> {
        storeEndOfLog(state);
        yield failed(state);
      }
    };
  }

  Outcome<BuiltImage> stop() {
    storeLog();
    remove();
    return Outcome.failed(data.cleared(), "stopped: the build was ended", List.of());
  }

  // ---- what there is

  /** What is there, started if it has to be; null: nothing, and it is too late to start it. */
  private @Nullable TaskState look() {
    var first = step.data().isEmpty();
    var there = first ? null : cluster.task(namespace, name).orElse(null);
    if (there != null || step.isOverdue()) {
      return there;
    }
    if (!first) {
      step.log("The Job %s is not there; it is started.\n".formatted(name));
    }
    step.remember(data);
    return start();
  }

  private TaskState start() {
    var labels = Names.labels(step.run().application(), step.run().id());
    var header = source.header();
    if (header != null) {
      cluster.putSecret(namespace, name, Map.of(BuildPod.HEADER, header), labels);
    }
    var pod =
        new BuildPod(
            namespace,
            name,
            properties.build(),
            step.definition().pods(),
            source,
            header == null ? null : name,
            recipe,
            image);
    var left = Duration.between(step.now(), step.deadline());
    return cluster.start(pod.task(left.plus(CLUSTER_PATIENCE), labels));
  }

  private Outcome<BuiltImage> pending(TaskState state) {
    var trouble = state.trouble();
    if (step.isOverdue()) {
      return overdue(trouble);
    }
    if (trouble == null) {
      return Outcome.waitForCluster(data, "the build's pod starts");
    }
    var reason = "the build's pod cannot start: " + words(trouble);
    if (!trouble.fatal()) {
      return Outcome.waitForCluster(data, reason);
    }
    var since = progress.troubled() == null ? step.now() : progress.troubled();
    var left = TROUBLE_PATIENCE.minus(Duration.between(since, step.now()));
    if (left.isPositive()) {
      update(progress.troubledSince(since));
      return Outcome.waitForCluster(data, reason, step.now(), left);
    }
    return failed("cannot start: " + words(trouble), List.of());
  }

  private Outcome<BuiltImage> running(TaskState state) {
    if (!isLogFresh()) {
      storeLog();
    }
    return step.isOverdue()
        ? overdue(state.trouble())
        : Outcome.waitForCluster(data, "the image is built", step.now(), LOG_PAUSE);
  }

  /** There was a line just now: an event that calls again so soon is not about the log. */
  private boolean isLogFresh() {
    var age =
        progress.logged() == null ? LOG_PAUSE : Duration.between(progress.logged(), step.now());
    return !age.isNegative() && age.compareTo(LOG_PAUSE) < 0;
  }

  // ---- ends

  private Outcome<BuiltImage> digestOf(TaskState state) {
    var message = Objects.requireNonNullElse(state.message(), "");
    var digest = DIGEST.matcher(message);
    if (!digest.find()) {
      return failed(
          "ended well but left no digest: see whether the builder image %s is a BuildKit of 0.8 or later"
              .formatted(properties.build().builderImage()),
          List.of(message));
    }
    data = data.ended(digest.group());
    step.remember(data);
    return succeeded(digest.group());
  }

  private Outcome<BuiltImage> succeeded(String digest) {
    remove();
    var took = Duration.between(step.startedAt(), step.now());
    return Outcome.done(data.cleared(), "%s as %s in %s".formatted(image, digest, words(took)));
  }

  private Outcome<BuiltImage> failed(TaskState state) {
    var failure = failure();
    var code = state.exitCode();
    var how = code == null ? "failed" : "failed with exit code " + code;
    var trouble = state.trouble();
    var cause = trouble == null ? failure.cause() : words(trouble);
    return failed(how + (cause == null ? "" : ": " + cause), failure.lastLines());
  }

  private Outcome<BuiltImage> overdue(@Nullable PodTrouble trouble) {
    var failure = failure();
    var limit = words(Duration.between(step.startedAt(), step.deadline()));
    return failed(
        "is not finished after %s%s".formatted(limit, trouble == null ? "" : ": " + words(trouble)),
        failure.lastLines());
  }

  /** Written down before the Job goes: whoever finds none without knowing why would build again. */
  private Outcome<BuiltImage> failed(String how, List<String> evidence) {
    var failure = new Progress.Failure(how, evidence);
    update(progress.failed(failure));
    step.remember(data);
    return removed(failure);
  }

  private Outcome<BuiltImage> removed(Progress.Failure failure) {
    remove();
    var name = step.definition().image(step.subject()).name();
    return Outcome.failed(
        data.cleared(), "build of %s %s".formatted(name, failure.how()), failure.evidence());
  }

  /** Job and Secret: nothing of the build stays in the cluster. */
  private void remove() {
    var secret = cluster.find(namespace, "v1", "Secret", name);
    cluster.removeTask(namespace, name);
    secret.ifPresent(cluster::delete);
  }

  // ---- the log

  /** Lines that are new since the last call; a log that cannot be read now is read next time. */
  private void storeLog() {
    try {
      storePartOfLog();
    } catch (ClusterException e) {
      // It is the build that counts.
    }
  }

  /** The rest of the log, before it goes with the pod. */
  private void storeEndOfLog(TaskState state) {
    cluster.ahead(
        namespace,
        List.of(new Reading.OfTask(name, false), new Reading.OfObject("v1", "Secret", name)));
    try {
      while (storePartOfLog()) {
        // One request is answered with a part of a long log.
      }
    } catch (ClusterException e) {
      var ended = state.finishedAt();
      if (ended != null && step.now().isBefore(ended.plus(LOG_PATIENCE))) {
        throw e;
      }
      step.log("The end of this log could not be read: %s\n".formatted(e.getMessage()));
    }
  }

  /** False: there was nothing new. */
  private boolean storePartOfLog() {
    var before = progress.logged();
    var text = new StringBuilder();
    cluster.taskLog(
        namespace,
        name,
        before,
        line -> {
          text.append(line.text()).append('\n');
          progress = progress.loggedUntil(line.at());
          if (text.length() >= LOG_BATCH) {
            store(text);
          }
        });
    store(text);
    return !Objects.equals(before, progress.logged());
  }

  private void store(StringBuilder text) {
    if (!text.isEmpty()) {
      update(progress);
      step.log(text.toString(), data);
      text.setLength(0);
    }
  }

  /** Why it failed, from the last minute of what is stored, which a failure's words are part of. */
  private BuildFailure failure() {
    var failure = new BuildFailure();
    var since = progress.logged() == null ? null : progress.logged().minus(FAILURE_WORDS);
    try {
      cluster.taskLog(namespace, name, since, line -> failure.add(line.text()));
    } catch (ClusterException e) {
      failure.add("(the log cannot be read: %s)".formatted(e.getMessage()));
    }
    return failure;
  }

  private void update(Progress changed) {
    progress = changed;
    data = data.with(changed);
  }

  // ---- words

  private static String words(PodTrouble trouble) {
    return trouble.words().isBlank() ? trouble.reason() : trouble.reason() + ": " + trouble.words();
  }

  /** {@code 15m}, {@code 90s}. */
  static String words(Duration duration) {
    var seconds = duration.toSeconds();
    return seconds >= 60 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
