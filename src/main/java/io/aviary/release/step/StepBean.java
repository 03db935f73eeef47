package io.aviary.release.step;

import java.time.Duration;
import java.util.List;

/**
 * One kind of step, as a Spring bean. It holds no state: all that it knows of a run comes with the
 * call.
 *
 * <p>A call blocks for one look and one action at most (seconds, never a wait for the cluster), and
 * may be made again at any time, also after a crash in the middle of the last one: so it looks
 * first, and acts only on what is missing. Calls for one run never overlap.
 *
 * <p>A thrown exception is a fault (the cluster or a registry is away): the engine tries again with
 * back-off until the step's deadline. A {@link Outcome.Failed} is a decision.
 *
 * @param <D> what the step remembers between calls and hands on to later steps: an immutable
 *     record, stored as JSON; fields may be added in a later version but never change their meaning
 */
public interface StepBean<D extends Record> {

  Class<D> dataType();

  /** Looks, acts and says what came of it. */
  Outcome<D> advance(StepContext<D> step);

  /**
   * Called instead of {@link #advance} when the run ends while this step is under way: stops what
   * the step has running, such as a test pod. Any {@link Outcome.Wait} means that it is called
   * again.
   */
  default Outcome<D> stop(StepContext<D> step) {
    return Outcome.failed("stopped");
  }

  /**
   * Of a rollback branch that was given up: what it may have left in the cluster, from the record
   * alone, since the cluster itself may be what does not answer.
   */
  default List<String> left(StepContext<D> step) {
    return List.of();
  }

  /**
   * After this time from its start a step that still meets faults has failed; steps that wait
   * enforce it themselves.
   */
  Duration timeout(StepContext<D> step);
}
