package io.aviary.source;

import io.aviary.release.Placeholders;
import io.aviary.release.definition.MetricDefinition;
import io.aviary.release.definition.MetricDefinition.Compare;
import io.aviary.release.definition.MetricDefinition.Direction;
import io.aviary.release.definition.MetricDefinition.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The part {@code metrics} of a gate. */
final class MetricReader {

  private MetricReader() {}

  static List<MetricDefinition> metrics(Section gate, Duration timeout, double share) {
    var metrics = new ArrayList<MetricDefinition>();
    var names = new HashSet<String>();
    var sections = gate.listed("metrics");
    for (var section : sections) {
      var metric = metric(section, timeout, share);
      if (!metric.name().isEmpty() && !Names.TITLE.matcher(metric.name()).matches()) {
        section.mistake(
            "name",
            "must have only letters, digits, spaces, ., _ and -, but is '" + metric.name() + "'");
      }
      if (!metric.name().isEmpty() && !names.add(metric.name().toLowerCase(Locale.ROOT))) {
        section.mistake("name", "'" + metric.name() + "' is there twice in this gate");
      }
      metrics.add(metric);
    }
    if (gate.isEmptyList("metrics")) {
      gate.mistake("metrics", "must have at least one metric");
    }
    return metrics;
  }

  private static MetricDefinition metric(Section section, Duration timeout, double share) {
    section.require("name", "what the metric is called");
    var name = section.text("name");
    var bad = section.text("bad");
    var all = section.text("all");
    var query = section.text("query");
    checkQueries(section);
    var min = section.amount("min");
    var max = section.amount("max");
    var unit = unit(section, min, max);
    var compare = section.choice("compare", Compare.class);
    var direction = section.choice("direction", Direction.class, Direction.HIGHER_IS_WORSE);
    var tolerance = section.amount("tolerance");
    if (tolerance != null
        && (tolerance.value() < 0
            || (tolerance.unit() != Unit.FRACTION && tolerance.unit() != Unit.NONE))) {
      section.mistake("tolerance", "must be a part such as 10% or 0.1");
    }
    checkCompare(section, share);
    var every = section.duration("every", Duration.ofSeconds(30));
    if (every.compareTo(Duration.ofSeconds(1)) < 0 || every.toMillisPart() != 0) {
      section.mistake("every", "must be whole seconds");
    }
    var minSamples = section.count("min-samples", 10);
    var minRequests = section.count("min-requests", 100);
    if (section.has("query") && every.multipliedBy(minSamples).compareTo(timeout) > 0) {
      section.mistake(
          section.has("min-samples") ? "min-samples" : "every",
          "asks for "
              + minSamples
              + " samples, one every "
              + Durations.format(every)
              + ", which takes longer than the gate's timeout of "
              + Durations.format(timeout));
    }
    section.end();
    return new MetricDefinition(
        Section.orEmpty(name),
        bad,
        all,
        query,
        min == null ? null : min.value(),
        max == null ? null : max.value(),
        compare,
        direction,
        tolerance == null ? 0.1 : tolerance.value(),
        every,
        minSamples,
        minRequests,
        unit);
  }

  private static void checkQueries(Section section) {
    var counts = section.has("bad") || section.has("all");
    if (section.has("query") && counts) {
      section.mistake(
          "query", "stands for samples, bad and all for counts; a metric has one of both");
    } else if (section.has("bad") && !section.has("all")) {
      section.mistake("bad", "needs 'all': how many there were with the good ones");
    } else if (section.has("all") && !section.has("bad")) {
      section.mistake("all", "needs 'bad': how many of them were bad");
    } else if (!section.has("query") && !counts) {
      section.mistake("measures nothing; give it a query, or bad and all");
    }
    if (!section.has("min") && !section.has("max") && !section.has("compare")) {
      section.mistake("judges nothing; give it max, min or compare");
    }
    for (var key : List.of("bad", "all", "query")) {
      var text = section.textOf(key);
      var mistake =
          text == null ? null : PlaceholderNames.mistake(text, PlaceholderNames.OF_QUERIES, true);
      if (mistake != null) {
        section.mistake(key, mistake);
      }
    }
  }

  private static Unit unit(Section section, @Nullable Amount min, @Nullable Amount max) {
    var counts = section.has("bad") && section.has("all");
    if (counts) {
      checkPart(section, "min", min);
      checkPart(section, "max", max);
    }
    if (min != null && max != null) {
      if (min.unit() != max.unit()) {
        section.mistake("min", "has another unit than max");
      } else if (min.value() > max.value()) {
        section.mistake("min", "is above max, so that nothing can hold");
      }
    }
    if (counts) {
      return Unit.FRACTION;
    }
    if (max != null) {
      return max.unit();
    }
    return min != null ? min.unit() : Unit.NONE;
  }

  private static void checkPart(Section section, String key, @Nullable Amount limit) {
    if (limit == null) {
      return;
    }
    if (limit.unit() != Unit.FRACTION && limit.unit() != Unit.NONE) {
      section.mistake(key, "must be a part such as 1% or 0.01, because it limits bad of all");
    } else if (limit.value() < 0 || limit.value() > 1) {
      section.mistake(key, "must be from 0% to 100%, because it limits bad of all");
    }
  }

  private static void checkCompare(Section section, double share) {
    if (!section.has("compare")) {
      for (var key : List.of("direction", "tolerance")) {
        if (section.has(key)) {
          section.mistake(key, "has no effect without compare");
        }
      }
      return;
    }
    if (share == 0) {
      section.mistake(
          "compare",
          "needs traffic: neither this gate nor one before it gives the canary a share, so there is"
              + " nothing to compare");
    }
    for (var key : List.of("bad", "all", "query")) {
      var text = section.textOf(key);
      if (text != null && !Placeholders.namesIn(text).contains("PODS")) {
        section.mistake(
            key, "must have $PODS, so that compare can ask for the canary's pods and the others");
      }
    }
  }
}
