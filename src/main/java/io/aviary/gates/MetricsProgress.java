package io.aviary.gates;

import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.MetricDefinition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a gate's metrics are. What was measured is kept by {@link GateLooks}.
 *
 * @param requests counted from the third look on; null: none yet, or no metric counts any
 */
public record MetricsProgress(List<Metric> metrics, @Nullable Requests requests) {

  public MetricsProgress {
    metrics = List.copyOf(metrics);
  }

  /**
   * One metric.
   *
   * @param looks made by now
   * @param verdict {@code pass}, {@code fail}, {@code inconclusive} or {@code undecided}; null: no
   *     look yet
   */
  public record Metric(
      String name, int looks, @Nullable String verdict, @Nullable String sentence) {}

  /**
   * Requests; not whole numbers where the metrics server extrapolates.
   *
   * @param all of everybody, the canary included
   */
  public record Requests(double canary, double all) {}

  /** Before the first look. */
  public static MetricsProgress of(GateDefinition gate) {
    return new MetricsProgress(
        gate.metrics().stream()
            .map(MetricDefinition::name)
            .map(name -> new Metric(name, 0, null, null))
            .toList(),
        null);
  }

  Metric metric(String name) {
    return metrics.stream()
        .filter(metric -> metric.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the gate began without a metric " + name));
  }
}
