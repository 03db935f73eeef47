package io.aviary.simulation;

import java.time.Duration;

/**
 * How fast a simulated cluster is.
 *
 * @param scheduling from a pod's creation until it is on a node
 * @param starting from then until its containers run
 * @param becomingReady from then until the first readiness probe
 * @param ending from a pod's deletion until it is gone
 * @param speed what objects and scripts say in seconds passes this many times faster; deadlines of
 *     pods and Jobs excepted, because their owners keep the same ones by the real clock
 */
public record Pace(
    Duration scheduling, Duration starting, Duration becomingReady, Duration ending, double speed) {

  /** A pod is ready 150 ms after its creation, and a second passes in 50 ms. */
  public static final Pace BRISK =
      new Pace(
          Duration.ofMillis(20),
          Duration.ofMillis(70),
          Duration.ofMillis(60),
          Duration.ofMillis(80),
          20);

  /** For a person who looks on: a pod is ready after a second. */
  public static final Pace WATCHABLE =
      new Pace(
          Duration.ofMillis(200),
          Duration.ofMillis(500),
          Duration.ofMillis(300),
          Duration.ofMillis(400),
          4);

  /** As fast as it goes. */
  public static final Pace INSTANT =
      new Pace(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1000);

  Duration shorten(Duration simulated) {
    return Duration.ofNanos((long) (simulated.toNanos() / speed));
  }

  Duration seconds(int seconds) {
    return shorten(Duration.ofSeconds(seconds));
  }
}
