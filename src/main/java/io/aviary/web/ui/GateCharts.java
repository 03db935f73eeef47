package io.aviary.web.ui;

import io.aviary.release.Measurements.Point;
import io.aviary.release.Measurements.Series;
import io.aviary.release.RunView;
import io.aviary.release.StepView;
import io.aviary.release.definition.MetricDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a run's gates measured, as charts, each with its table. */
final class GateCharts {

  /** More rows than this help nobody; all of them are in the record. */
  private static final int ROWS = 200;

  private GateCharts() {}

  /**
   * A metric's chart and table.
   *
   * @param rows the newest first
   * @param limit e.g. {@code at most 1 %}; null: none
   * @param other baseline or production; null: compared with nobody
   * @param looks how many were made
   */
  record Metric(
      String name,
      Plot plot,
      @Nullable String limit,
      @Nullable String other,
      int looks,
      List<Row> rows) {

    public String spoken() {
      return name
          + " of the canary"
          + (other == null ? "" : " and of the " + other)
          + (limit == null ? "" : ", " + limit)
          + "; "
          + (looks == 0
              ? "nothing was measured yet"
              : "the table below has the " + looks + " looks");
    }
  }

  /** A look in the table. */
  record Row(Instant at, String canary, String other) {}

  static Metric of(Series series) {
    var metric = series.metric();
    var other = other(metric);
    var lines = new ArrayList<Plot.Values>();
    if (other != null) {
      lines.add(
          new Plot.Values(
              other,
              "other",
              series.points().stream()
                  .map(point -> new Plot.Value(point.at(), point.other()))
                  .toList()));
    }
    lines.add(
        new Plot.Values(
            "canary",
            "canary",
            series.points().stream()
                .map(point -> new Plot.Value(point.at(), point.canary()))
                .toList()));
    var levels = new ArrayList<Plot.Level>();
    var limits = new ArrayList<String>();
    if (metric.max() != null) {
      levels.add(new Plot.Level("at most " + shown(metric.unit(), metric.max()), metric.max()));
    }
    if (metric.min() != null) {
      levels.add(new Plot.Level("at least " + shown(metric.unit(), metric.min()), metric.min()));
    }
    levels.forEach(level -> limits.add(level.name()));
    return new Metric(
        metric.name(),
        Plot.of(lines, levels, null, null, value -> shown(metric.unit(), value)),
        limits.isEmpty() ? null : String.join(", ", limits),
        other,
        series.points().size(),
        series.points().reversed().stream()
            .limit(ROWS)
            .map(point -> row(metric.unit(), point))
            .toList());
  }

  private static Row row(MetricDefinition.Unit unit, Point point) {
    return new Row(
        point.at(),
        point.canary() == null
            ? "– " + (point.missing() == null ? "" : point.missing())
            : shown(unit, point.canary()),
        point.other() == null ? "–" : shown(unit, point.other()));
  }

  private static @Nullable String other(MetricDefinition metric) {
    return switch (metric.compare()) {
      case BASELINE -> "baseline";
      case PRODUCTION -> "production";
      case null -> null;
    };
  }

  /** In the metric's unit, with three digits that count. */
  static String shown(MetricDefinition.Unit unit, double value) {
    return switch (unit) {
      case NONE -> digits(value);
      case FRACTION -> digits(value * 100) + " %";
      case SECONDS -> Math.abs(value) < 1 ? digits(value * 1000) + " ms" : digits(value) + " s";
      case BYTES -> {
        var names = List.of("B", "KiB", "MiB", "GiB", "TiB");
        var left = value;
        var at = 0;
        while (Math.abs(left) >= 1024 && at < names.size() - 1) {
          left /= 1024;
          at++;
        }
        yield digits(left) + " " + names.get(at);
      }
    };
  }

  private static String digits(double value) {
    var size = Math.abs(value);
    if (size == 0 || size >= 100) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 0.01 ? "%.2f" : "%.2g", value)
        .replaceFirst("\\.0+$", "");
  }

  /**
   * The canary's share over the run's time.
   *
   * @param rows what was asked for and reached, gate by gate
   */
  record Share(Plot plot, List<ShareRow> rows) {}

  /** A change of the share. */
  record ShareRow(Instant at, String gate, String what) {}

  /** Of a run that gives its canary traffic, or may do so. */
  static Share share(RunView run, List<Series> measured, Instant now) {
    var end = run.finishedAt() == null ? now : run.finishedAt();
    var begin = run.startedAt() == null ? run.createdAt() : run.startedAt();
    var asked = new ArrayList<Plot.Value>();
    var reached = new ArrayList<Plot.Value>();
    var rows = new ArrayList<ShareRow>();
    asked.add(new Plot.Value(begin, 0.0));
    reached.add(new Plot.Value(begin, 0.0));
    for (var step : run.steps()) {
      if (step.startedAt() == null) {
        continue;
      }
      if (step.kind().equals("gate") && step.outputs().get("asked") instanceof Number percent) {
        step(asked, step.startedAt(), percent.doubleValue());
        rows.add(
            new ShareRow(
                step.startedAt(),
                step.name(),
                "asked for " + Words.percent(percent.doubleValue())));
        reached(step, reached, rows);
      } else if (step.undo() && step.kind().equals("rollbackCanary")) {
        step(asked, step.startedAt(), 0);
        if (step.finishedAt() != null) {
          step(reached, step.finishedAt(), 0);
          rows.add(new ShareRow(step.finishedAt(), step.name(), "back to 0 %"));
        }
      }
    }
    asked.add(new Plot.Value(end, asked.getLast().value()));
    reached.add(new Plot.Value(end, reached.getLast().value()));
    var requests =
        measured.stream()
            .flatMap(series -> series.points().stream())
            .filter(point -> point.share() != null)
            .map(point -> new Plot.Value(point.at(), point.share()))
            .sorted(Comparator.comparing(Plot.Value::at))
            .toList();
    var lines =
        new ArrayList<>(
            List.of(
                new Plot.Values("asked for", "asked", asked),
                new Plot.Values("reached", "canary", reached)));
    if (!requests.isEmpty()) {
      lines.add(new Plot.Values("of the requests", "share", requests));
    }
    return new Share(Plot.of(lines, List.of(), begin, end, Words::percent), rows);
  }

  private static void reached(StepView step, List<Plot.Value> reached, List<ShareRow> rows) {
    if (step.outputs().get("share") instanceof Number percent
        && step.outputs().get("shareSince") instanceof String since) {
      var at = Instant.parse(since);
      step(reached, at, percent.doubleValue());
      rows.add(
          new ShareRow(
              at,
              step.name(),
              "reached "
                  + Words.percent(percent.doubleValue())
                  + (step.outputs().get("how") instanceof String how ? ": " + how : "")));
    }
  }

  /** What was before holds until that moment. */
  private static void step(List<Plot.Value> line, Instant at, double value) {
    line.add(new Plot.Value(at, line.getLast().value()));
    line.add(new Plot.Value(at, value));
  }
}
