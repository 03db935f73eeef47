package io.aviary.release;

import org.jspecify.annotations.Nullable;

/**
 * What people and programs may do to a run under way. Each method is one transaction: either the
 * run is as they wanted it and what they did is on record, or nothing has changed. Safe for use by
 * many threads; rights are checked before.
 *
 * <p>All throw {@link ReleaseRefusedException}: UNKNOWN if there is no such run, CONFLICT with the
 * reason if its state does not allow it.
 */
public interface Interventions {

  /**
   * The run ends CANCELLED once what it deployed has been undone. Refused if it is final, ending
   * already, or production has rolled over.
   */
  RunView cancel(long run, Actor actor, @Nullable String comment);

  /**
   * Agrees to the gate that waits for a person; it is passed once as many different people as it
   * asks for have agreed.
   *
   * @param gate null: whichever waits; else refused if another one waits
   */
  RunView approve(long run, @Nullable String gate, Actor actor, @Nullable String comment);

  /** As {@link #approve}, but the gate fails, and the run is rolled back. */
  RunView reject(long run, @Nullable String gate, Actor actor, @Nullable String comment);

  /**
   * Skips what is left of the gates, so that production is triggered now. Refused unless the canary
   * is ready, and without a comment.
   */
  RunView promote(long run, Actor actor, @Nullable String comment);

  /** No further step begins until {@link #resume}; steps under way go on. */
  RunView pause(long run, Actor actor, @Nullable String comment);

  /** Goes on after {@link #pause}. */
  RunView resume(long run, Actor actor, @Nullable String comment);
}
