package io.aviary.web;

import io.aviary.release.Measurements;
import io.aviary.release.definition.MetricDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Measurements that a test makes up. */
public final class FakeMeasurements implements Measurements {

  private final Map<Long, List<Series>> all = new ConcurrentHashMap<>();

  private final AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();

  /** Something happens while somebody asks next. */
  public void meanwhile(Runnable happens) {
    meanwhile.set(happens);
  }

  @Override
  public List<Series> of(long run) {
    var happens = meanwhile.getAndSet(null);
    if (happens != null) {
      happens.run();
    }
    return all.getOrDefault(run, List.of());
  }

  public void set(long run, List<Series> series) {
    all.put(run, List.copyOf(series));
  }

  /**
   * A latency that goes up while the baseline's stays, each 5 s.
   *
   * @param looks 0: none was made yet
   */
  public static Series latency(String gate, Instant from, int looks) {
    var points = new ArrayList<Point>();
    for (var i = 1; i <= looks; i++) {
      points.add(
          new Point(
              from.plusSeconds(5L * i),
              i == 4 ? null : 0.2 + 0.28 * Math.min(1, i / 20.0) + 0.004 * (i % 3),
              0.205 + 0.003 * (i % 4),
              10.0 + i % 3,
              i == 4 ? "no data" : null));
    }
    return new Series(gate, metric("latency-p99", 0.5, MetricDefinition.Unit.SECONDS), points);
  }

  /** Seldom an error. */
  public static Series errors(String gate, Instant from, int looks) {
    var points = new ArrayList<Point>();
    for (var i = 1; i <= looks; i++) {
      points.add(new Point(from.plusSeconds(5L * i), i % 9 == 0 ? 0.004 : 0.0, 0.001, null, null));
    }
    return new Series(gate, metric("error-rate", 0.01, MetricDefinition.Unit.FRACTION), points);
  }

  private static MetricDefinition metric(
      String name, @Nullable Double max, MetricDefinition.Unit unit) {
    return new MetricDefinition(
        name,
        null,
        null,
        "up",
        null,
        max,
        MetricDefinition.Compare.BASELINE,
        MetricDefinition.Direction.HIGHER_IS_WORSE,
        0.1,
        Duration.ofSeconds(5),
        10,
        100,
        unit);
  }
}
