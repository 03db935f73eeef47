package io.aviary.release.step;

import io.aviary.release.PipelineName;
import io.aviary.release.definition.ReleaseDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one call of a step.
 *
 * @param <D> the step's data
 */
public sealed interface Outcome<D extends Record> {

  /**
   * The step has succeeded.
   *
   * @param note for people, e.g. "3 of 3 pods ready"; null: nothing to say
   * @param planned from {@code readSource} only: the rest of the run's plan is made from it in the
   *     same transaction
   * @param start a pipeline whose run begins in the transaction that records this result; null:
   *     none
   */
  record Done<D extends Record>(
      D data, @Nullable String note, @Nullable Planned planned, @Nullable PipelineName start)
      implements Outcome<D> {

    public Done<D> withPlan(Planned planned) {
      return new Done<>(data, note, planned, start);
    }

    public Done<D> andStart(PipelineName pipeline) {
      return new Done<>(data, note, planned, pipeline);
    }
  }

  /**
   * What reading the commit tells about the rest of the run.
   *
   * @param plan all steps, those of the beginning too
   * @param message of the commit
   * @param author of the commit
   */
  record Planned(ReleaseDefinition definition, Plan plan, String message, String author) {}

  /**
   * The run is not wanted any more: a newer commit is the branch's head. The run ends SUPERSEDED.
   */
  record Superseded<D extends Record>(String reason) implements Outcome<D> {}

  /**
   * Nothing to do until something happens.
   *
   * @param data what to remember; null: what was remembered before
   * @param reason shown while it waits
   * @param until the next call at the latest; null: the safety poll
   */
  record Wait<D extends Record>(@Nullable D data, For what, String reason, @Nullable Instant until)
      implements Outcome<D> {}

  /** What a step waits for. */
  enum For {
    /**
     * The cluster, a registry or git: the step is RUNNING, and a watch or the safety poll calls it
     * again.
     */
    CLUSTER,
    /** A decision: WAITING. */
    PERSON,
    /** A time: WAITING. */
    TIME
  }

  /**
   * The step has failed, and with it the run, unless the step is tried again for ever.
   *
   * @param evidence what led to the decision, e.g. the last lines of a log
   */
  record Failed<D extends Record>(@Nullable D data, String reason, List<String> evidence)
      implements Outcome<D> {
    public Failed {
      evidence = List.copyOf(evidence);
    }
  }

  /** The step had nothing to do; the reason says why. It counts as passed. */
  record Skipped<D extends Record>(String reason) implements Outcome<D> {}

  static <D extends Record> Done<D> done(D data) {
    return new Done<>(data, null, null, null);
  }

  static <D extends Record> Done<D> done(D data, String note) {
    return new Done<>(data, note, null, null);
  }

  /** A watch wakes the run; the safety poll does in any case. */
  static <D extends Record> Wait<D> waitForCluster(@Nullable D data, String reason) {
    return new Wait<>(data, For.CLUSTER, reason, null);
  }

  /**
   * As {@link #waitForCluster(Record, String)}, but called again after {@code delay} even if
   * nothing happens.
   */
  static <D extends Record> Wait<D> waitForCluster(
      @Nullable D data, String reason, Instant now, Duration delay) {
    return new Wait<>(data, For.CLUSTER, reason, now.plus(delay));
  }

  static <D extends Record> Wait<D> waitForPerson(@Nullable D data, String reason, Instant until) {
    return new Wait<>(data, For.PERSON, reason, until);
  }

  static <D extends Record> Wait<D> waitForTime(@Nullable D data, String reason, Instant until) {
    return new Wait<>(data, For.TIME, reason, until);
  }

  static <D extends Record> Failed<D> failed(String reason) {
    return new Failed<>(null, reason, List.of());
  }

  static <D extends Record> Failed<D> failed(
      @Nullable D data, String reason, List<String> evidence) {
    return new Failed<>(data, reason, evidence);
  }

  static <D extends Record> Superseded<D> superseded(String reason) {
    return new Superseded<>(reason);
  }

  static <D extends Record> Skipped<D> skipped(String reason) {
    return new Skipped<>(reason);
  }
}
