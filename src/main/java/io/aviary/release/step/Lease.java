package io.aviary.release.step;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The right to act for a run, for as long as it is renewed. Whoever is about to change something
 * outside of the database asks here first: the database refuses a server that hung by its fencing
 * token, but a cluster does not know the token, and would do what that server meant to do when it
 * stopped.
 *
 * <p>Between the question and the request a server may still hang; what comes so late meets
 * deterministic names, preconditions by uid and versions of objects.
 */
public final class Lease {

  private static final ScopedValue<Lease> HELD = ScopedValue.newInstance();

  private final long run;
  private final InstantSource clock;
  private volatile Instant until;

  /**
   * Held from now on.
   *
   * @param since when it was asked for, not when it was given
   */
  public Lease(long run, InstantSource clock, Instant since, Duration length) {
    this.run = run;
    this.clock = clock;
    this.until = since.plus(length);
  }

  /** As the constructor says. */
  public void renewed(Instant since, Duration length) {
    until = since.plus(length);
  }

  /** The thread acts for the run while it does this. */
  public <T> T during(ScopedValue.CallableOp<T, RuntimeException> call) {
    return ScopedValue.where(HELD, this).call(call);
  }

  /**
   * Called before anything outside is changed.
   *
   * @throws LeaseLostException if this thread acts for a run that another server may own by now
   */
  public static void check() {
    if (HELD.isBound()) {
      HELD.get().demand();
    }
  }

  private void demand() {
    if (!clock.instant().isBefore(until)) {
      throw LeaseLostException.ranOut(run, until);
    }
  }
}
