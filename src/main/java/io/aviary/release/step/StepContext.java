package io.aviary.release.step;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.RunStatus;
import io.aviary.release.definition.ReleaseDefinition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that a step knows of its run, for the time of one call. Not for use by other threads or after
 * the call.
 *
 * @param <D> the step's data
 */
public interface StepContext<D extends Record> {

  RunFacts run();

  ApplicationProperties application();

  /** What {@code readSource} recorded; for a production run that of its canary run. */
  ReleaseDefinition definition();

  /** The step's name, e.g. {@code buildAppImage}. */
  String name();

  /** What the step is about: an image's key or a gate's name; empty where the kind says it all. */
  String subject();

  /** What an earlier call of this step remembered. */
  Optional<D> data();

  /**
   * What a step of this run, or of the run that started it, has handed on; empty while it has not
   * succeeded.
   */
  <T extends Record> Optional<T> result(String stepName, Class<T> type);

  /**
   * As {@link #result}, but also while the step is under way or after it failed: what it remembered
   * last.
   */
  <T extends Record> Optional<T> remembered(String stepName, Class<T> type);

  /**
   * The run that did a step's work, whose number what it made in the cluster carries: this run, the
   * one that started it, or one whose result was taken over.
   */
  long madeBy(String stepName);

  /** One reading of the clock for the whole call. */
  Instant now();

  /** When the step was called first. */
  Instant startedAt();

  /** {@link #startedAt()} plus the bean's timeout. */
  Instant deadline();

  default boolean isOverdue() {
    return !now().isBefore(deadline());
  }

  /**
   * Stores data at once, in a transaction of its own: an intent, before the action that it
   * announces.
   *
   * @throws LeaseLostException if another server owns the run by now: the action must not happen
   */
  void remember(D data);

  /** Appends text to the step's log, stored before this returns; secrets are masked. */
  void log(String text);

  /**
   * {@link #log(String)} and {@link #remember} in one transaction, so that no line is stored twice
   * or lost.
   */
  void log(String text, D data);

  /** Records a decision, measurement or observation with the run, shown on its page in order. */
  void record(String text, @Nullable Record evidence);

  /** People's decisions about this step since it waits, oldest first. */
  List<Decision> decisions();

  /** In a rollback branch: what the run is on its way to and why. */
  Optional<Ending> ending();

  /** Why a run undoes. */
  record Ending(RunStatus status, String reason) {}

  /** What a person said about a gate. */
  record Decision(Verdict verdict, String by, Instant at, @Nullable String comment) {
    /** The word. */
    public enum Verdict {
      APPROVE,
      REJECT,
      PROMOTE
    }
  }
}
