package io.aviary.gates;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.Cluster.TaskSpec;
import io.aviary.kubernetes.Cluster.TaskState;
import io.aviary.release.step.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A gate's test: a pod that runs once and whose exit code is the verdict. Its log is stored before
 * it is deleted.
 *
 * <p>What it has to remember comes and goes as {@link TestProgress}; the object itself lives for
 * one call.
 */
public final class TestPod {

  /**
   * A pod that cannot start for one of the reasons that count as failed is given so long in sum.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * The pod must have been created, pulled and started before the test's own time counts as lost.
   */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final int LAST_LINES = 20;

  private final Cluster cluster;
  private final TaskSpec spec;
  private final BiConsumer<String, TestProgress> log;
  private TestProgress progress;

  /**
   * @param progress of the call before; null: the first
   * @param log stores text and progress in one transaction
   */
  public TestPod(
      Cluster cluster,
      TaskSpec spec,
      @Nullable TestProgress progress,
      Instant now,
      BiConsumer<String, TestProgress> log) {
    this.cluster = cluster;
    this.spec = spec;
    this.log = log;
    this.progress =
        progress != null ? progress : new TestProgress(spec.name(), now, null, null, null, null);
  }

  /** What is to be remembered after {@link #advance}. */
  public TestProgress progress() {
    return progress;
  }

  /** Starts the pod, follows it, and removes it once its end and its log are on record. */
  public Check advance(Instant now) {
    var failure = progress.failure();
    if (failure != null) {
      return removed(failure);
    }
    var code = progress.exitCode();
    if (code != null) {
      return verdict(code);
    }
    var state = cluster.task(spec.namespace(), spec.name()).orElseGet(() -> cluster.start(spec));
    storeLog();
    return switch (state.phase()) {
      case SUCCEEDED -> end(0);
      case FAILED -> failed(state);
      case PENDING, RUNNING -> underWay(state, now);
    };
  }

  private Check failed(TaskState state) {
    var code = state.exitCode();
    if (code != null) {
      return end(code);
    }
    var trouble = state.trouble();
    return broken(
        trouble == null
            ? "the test pod " + spec.name() + " ended without an exit code"
            : "the test pod " + spec.name() + " was ended: " + words(trouble));
  }

  private Check end(int code) {
    progress = progress.ended(code);
    if (code == 0) {
      log.accept("", progress);
    }
    return verdict(code);
  }

  private Check verdict(int code) {
    if (code != 0) {
      return broken("the test ended with exit code " + code);
    }
    cluster.removeTask(spec.namespace(), spec.name());
    return new Check.Holds("the test ended with exit code 0");
  }

  /** Written down before the pod goes, with which the evidence goes too. */
  private Check broken(String reason) {
    var failure = new TestProgress.Failure(reason, lines());
    progress = progress.failed(failure);
    log.accept("", progress);
    return removed(failure);
  }

  private Check removed(TestProgress.Failure failure) {
    cluster.removeTask(spec.namespace(), spec.name());
    return new Check.Broken(failure.reason(), failure.evidence());
  }

  private Check underWay(TaskState state, Instant now) {
    var over = progress.begun().plus(spec.deadline()).plus(GRACE);
    var trouble = state.trouble();
    if (trouble != null && trouble.fatal()) {
      var since = progress.failing() == null ? now : progress.failing();
      progress = progress.failingSince(since);
      if (!now.isBefore(since.plus(PATIENCE))) {
        return broken("the test pod cannot start: " + words(trouble));
      }
      return new Check.Open(
          Outcome.For.CLUSTER,
          "the test pod cannot start yet: " + words(trouble),
          since.plus(PATIENCE));
    }
    progress = progress.failingSince(null);
    if (!now.isBefore(over)) {
      return broken(
          "the test did not end within "
              + spec.deadline().toSeconds()
              + " s"
              + (trouble == null ? "" : ": " + words(trouble)));
    }
    return new Check.Open(
        Outcome.For.CLUSTER,
        trouble == null
            ? state.phase() == TaskState.Phase.PENDING ? "the test pod starts" : "the test runs"
            : "the test pod waits: " + words(trouble),
        over);
  }

  /** Ends the test before its time; its log is kept. */
  public void stop() {
    if (cluster.task(spec.namespace(), spec.name()).isPresent()) {
      storeLog();
      cluster.removeTask(spec.namespace(), spec.name());
    }
  }

  private void storeLog() {
    var text = new StringBuilder();
    var newest = new ArrayList<Instant>();
    cluster.taskLog(
        spec.namespace(),
        spec.name(),
        progress.logged(),
        line -> {
          text.append(line.text()).append('\n');
          newest.add(line.at());
        });
    if (!newest.isEmpty()) {
      progress = progress.loggedUntil(newest.getLast());
      log.accept(text.toString(), progress);
    }
  }

  /** The last lines of the log, as long as the pod is there to be asked. */
  private List<String> lines() {
    var last = new ArrayDeque<String>();
    cluster.taskLog(
        spec.namespace(),
        spec.name(),
        null,
        line -> {
          last.addLast(line.text());
          if (last.size() > LAST_LINES) {
            last.removeFirst();
          }
        });
    return List.copyOf(last);
  }

  private static String words(Cluster.PodTrouble trouble) {
    return trouble.reason() + (trouble.words().isBlank() ? "" : ": " + trouble.words());
  }
}
