package io.aviary.gates.judge;

import io.aviary.release.definition.MetricDefinition;
import io.aviary.release.definition.MetricDefinition.Compare;
import io.aviary.release.definition.MetricDefinition.Direction;
import io.aviary.release.definition.MetricDefinition.Unit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Definitions of metrics for tests, with the defaults of aviary.yml. */
record Metrics(
    boolean counts,
    @Nullable Double min,
    @Nullable Double max,
    @Nullable Compare compare,
    Direction direction,
    double tolerance,
    int minSamples,
    int minRequests,
    Unit unit) {

  private static final Metrics DEFAULTS =
      new Metrics(true, null, null, null, Direction.HIGHER_IS_WORSE, 0.1, 10, 100, Unit.NONE);

  static Metrics ofCounts() {
    return DEFAULTS.unit(Unit.FRACTION);
  }

  static Metrics ofSamples() {
    return new Metrics(
        false, null, null, null, Direction.HIGHER_IS_WORSE, 0.1, 10, 100, Unit.SECONDS);
  }

  Metrics max(double limit) {
    return new Metrics(
        counts, min, limit, compare, direction, tolerance, minSamples, minRequests, unit);
  }

  Metrics min(double limit) {
    return new Metrics(
        counts, limit, max, compare, direction, tolerance, minSamples, minRequests, unit);
  }

  Metrics compare(Compare other) {
    return new Metrics(
        counts, min, max, other, direction, tolerance, minSamples, minRequests, unit);
  }

  Metrics compareWithBaseline() {
    return compare(Compare.BASELINE);
  }

  Metrics direction(Direction worse) {
    return new Metrics(counts, min, max, compare, worse, tolerance, minSamples, minRequests, unit);
  }

  Metrics tolerance(double fraction) {
    return new Metrics(
        counts, min, max, compare, direction, fraction, minSamples, minRequests, unit);
  }

  Metrics minSamples(int samples) {
    return new Metrics(counts, min, max, compare, direction, tolerance, samples, minRequests, unit);
  }

  Metrics minRequests(int requests) {
    return new Metrics(counts, min, max, compare, direction, tolerance, minSamples, requests, unit);
  }

  Metrics unit(Unit shown) {
    return new Metrics(
        counts, min, max, compare, direction, tolerance, minSamples, minRequests, shown);
  }

  MetricDefinition named(String name) {
    return new MetricDefinition(
        name,
        counts ? "bad" : null,
        counts ? "all" : null,
        counts ? null : "query",
        min,
        max,
        compare,
        direction,
        tolerance,
        Duration.ofSeconds(30),
        minSamples,
        minRequests,
        unit);
  }
}
