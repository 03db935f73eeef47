package io.aviary.release;

import io.aviary.release.definition.MetricDefinition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gates of a run have measured, for people to look at. Safe for use by many threads; each
 * call is a few short queries.
 */
public interface Measurements {

  /**
   * One series for each metric of each gate, in the plan's order, also of gates that have yet to
   * begin. Empty: the run has read no definition, or it has no metrics.
   */
  List<Series> of(long run);

  /**
   * A metric.
   *
   * @param metric its definition at the run's commit
   * @param points in order
   */
  record Series(String gate, MetricDefinition metric, List<Point> points) {
    public Series {
      points = List.copyOf(points);
    }
  }

  /**
   * One look.
   *
   * @param canary in base units: a rate, or the median of the values; null: nothing was measured
   * @param other likewise, of whom the canary is compared with
   * @param share per cent of all requests that the canary got since the look before; null: not
   *     counted
   * @param missing why there is no value of the canary; null: there is one
   */
  record Point(
      Instant at,
      @Nullable Double canary,
      @Nullable Double other,
      @Nullable Double share,
      @Nullable String missing) {}
}
