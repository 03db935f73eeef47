package io.aviary.release.definition;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A measurement that a gate judges. Either {@code bad} and {@code all} (counts) or {@code query}
 * (samples) is there.
 *
 * @param min in base units
 * @param max in base units: {@code 1%} is 0.01, {@code 500ms} is 0.5
 * @param tolerance how much worse than the other is still fine, as a fraction: {@code 10%} is 0.1
 * @param every time between looks, and what {@code $WINDOW} stands for
 */
public record MetricDefinition(
    String name,
    @Nullable String bad,
    @Nullable String all,
    @Nullable String query,
    @Nullable Double min,
    @Nullable Double max,
    @Nullable Compare compare,
    Direction direction,
    double tolerance,
    Duration every,
    int minSamples,
    int minRequests,
    Unit unit) {

  /** Whom the canary is compared with. */
  public enum Compare {
    BASELINE,
    PRODUCTION
  }

  /** Which change is for the worse. */
  public enum Direction {
    HIGHER_IS_WORSE,
    LOWER_IS_WORSE,
    EITHER
  }

  /** How values are shown; what is stored is always in base units. */
  public enum Unit {
    NONE,
    FRACTION,
    SECONDS,
    BYTES
  }
}
