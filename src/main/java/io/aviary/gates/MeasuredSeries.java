package io.aviary.gates;

import io.aviary.gates.GateLooks.Place;
import io.aviary.gates.GateLooks.Stored;
import io.aviary.gates.judge.Reading;
import io.aviary.release.Measurements;
import io.aviary.release.Runs;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Stored looks as people see them: one number for each group of pods. */
@Component
class MeasuredSeries implements Measurements {

  private final Runs runs;
  private final GateLooks looks;

  MeasuredSeries(Runs runs, GateLooks looks) {
    this.runs = runs;
    this.looks = looks;
  }

  @Override
  public List<Series> of(long run) {
    return runs.definition(run).stream()
        .flatMap(definition -> definition.canary().gates().stream())
        .flatMap(
            gate ->
                gate.metrics().stream()
                    .map(
                        metric ->
                            new Series(
                                gate.name(),
                                metric,
                                looks.of(new Place(run, gate.name(), metric.name())).stream()
                                    .map(MeasuredSeries::point)
                                    .toList())))
        .toList();
  }

  private static Point point(Stored stored) {
    var look = stored.look();
    var canary = value(look.canary());
    return new Point(
        look.at(),
        canary,
        look.other() == null ? null : value(look.other()),
        share(stored),
        canary == null ? missing(look.canary()) : null);
  }

  private static @Nullable Double share(Stored stored) {
    return stored.requests() != null
            && stored.requests() > 0
            && stored.look().canary() instanceof Reading.Counts(var _, var all)
        ? 100 * all / stored.requests()
        : null;
  }

  static @Nullable Double value(Reading reading) {
    return switch (reading) {
      case Reading.Counts(var bad, var all) when all > 0 && Double.isFinite(all) ->
          (bad == null ? 0 : bad) / all;
      case Reading.Values values when !values.values().isEmpty() -> values.median();
      case Reading.Counts _, Reading.Values _, Reading.NoData _, Reading.Unavailable _ -> null;
    };
  }

  private static String missing(Reading reading) {
    return switch (reading) {
      case Reading.Unavailable(var reason) -> reason;
      case Reading.Counts _ -> "no requests";
      case Reading.Values _, Reading.NoData _ -> "no data";
    };
  }
}
