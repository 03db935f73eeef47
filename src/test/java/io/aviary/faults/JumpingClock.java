package io.aviary.faults;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time goes on as it does, and jumps when a test says so. */
final class JumpingClock implements InstantSource {

  private final InstantSource real = Clock.tick(Clock.systemUTC(), Duration.ofNanos(1000));
  private volatile Duration ahead = Duration.ZERO;

  @Override
  public Instant instant() {
    return real.instant().plus(ahead);
  }

  /** Backwards where it is negative. */
  synchronized void jump(Duration by) {
    ahead = ahead.plus(by);
  }

  /** Nothing where that is in the past. */
  void jumpTo(Instant time) {
    var left = Duration.between(instant(), time);
    if (left.isPositive()) {
      jump(left);
    }
  }

  synchronized void right() {
    ahead = Duration.ZERO;
  }
}
