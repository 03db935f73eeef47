package io.aviary.gates.judge;

import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.MetricDefinition;

/**
 * How often a gate means to look at a metric, and how often it may be wrong about it. Known before
 * the first look, and never changed by what is seen.
 *
 * @param looks until the hold is over, at least one
 * @param falseAlarms upper bound of the probability that a canary which is no worse than allowed
 *     fails by this metric, over all looks of the gate together, those after the hold included
 */
public record Plan(int looks, double falseAlarms) {

  /** Of all metrics of a gate together. */
  public static final double FALSE_ALARMS_OF_A_GATE = 0.01;

  /** Of a metric of counts in a gate without a hold. */
  private static final int LOOKS_WITHOUT_HOLD = 10;

  public Plan {
    if (looks < 1 || !(falseAlarms > 0 && falseAlarms < 1)) {
      throw new IllegalArgumentException(
          "a plan needs at least one look and a probability between 0 and 1, not %d and %s"
              .formatted(looks, falseAlarms));
    }
  }

  /** The plan for one of the gate's metrics: the gate's false alarms are split evenly. */
  public static Plan of(GateDefinition gate, MetricDefinition metric) {
    return new Plan(
        looks(gate, metric), FALSE_ALARMS_OF_A_GATE / Math.max(1, gate.metrics().size()));
  }

  private static int looks(GateDefinition gate, MetricDefinition metric) {
    var hold = gate.hold();
    if (hold != null) {
      return Math.clamp(hold.dividedBy(metric.every()), 1, Integer.MAX_VALUE);
    }
    return metric.query() == null ? LOOKS_WITHOUT_HOLD : Judge.leastSamples(metric);
  }
}
