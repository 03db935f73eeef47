package io.aviary.gates;

import io.aviary.gates.MetricsServer.Answer;
import io.aviary.gates.MetricsServer.Question;
import io.aviary.gates.judge.Look;
import io.aviary.gates.judge.Reading;
import io.aviary.release.Placeholders;
import io.aviary.release.definition.MetricDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One look at one metric: what is asked, and what is made of the answers. Everything that is asked
 * is asked of the same moment, so the look is the same however late it is made.
 */
final class Measuring {

  private final MetricDefinition metric;
  private final Instant at;
  private final List<String> canary;
  private final @Nullable List<String> other;
  private final @Nullable List<String> everybodyElse;
  private final List<Question> questions = new ArrayList<>();

  /**
   * @param countsRequests whether the requests of everybody are asked for, too
   */
  Measuring(MetricDefinition metric, Instant at, PodGroups pods, boolean countsRequests) {
    this.metric = metric;
    this.at = at;
    this.canary = pods.canary();
    this.other =
        switch (metric.compare()) {
          case BASELINE -> pods.baseline();
          case PRODUCTION -> pods.production();
          case null -> null;
        };
    this.everybodyElse =
        countsRequests
            ? Stream.concat(pods.production().stream(), pods.baseline().stream()).toList()
            : null;
    ask(canary);
    if (other != null) {
      ask(other);
    }
    if (everybodyElse != null && metric.all() != null && !everybodyElse.isEmpty()) {
      questions.add(question(metric.all(), everybodyElse));
    }
  }

  private void ask(List<String> pods) {
    if (pods.isEmpty() && hasPods()) {
      return;
    }
    if (metric.query() != null) {
      questions.add(question(metric.query(), pods));
    } else if (metric.bad() != null && metric.all() != null) {
      questions.add(question(metric.bad(), pods));
      questions.add(question(metric.all(), pods));
    }
  }

  /** A metric of something else, such as a queue, is asked for also without pods. */
  private boolean hasPods() {
    return Stream.of(metric.query(), metric.bad(), metric.all())
        .anyMatch(query -> query != null && Placeholders.namesIn(query).contains("PODS"));
  }

  private Question question(String query, List<String> pods) {
    return new Question(
        Placeholders.replace(
            query, Map.of("PODS", regex(pods), "WINDOW", metric.every().toSeconds() + "s")),
        at);
  }

  /** Names of objects have letters, digits, hyphens and dots only. */
  static String regex(List<String> pods) {
    return pods.stream()
        .sorted()
        .map(name -> name.replace(".", "[.]"))
        .collect(Collectors.joining("|"));
  }

  List<Question> questions() {
    return questions;
  }

  /**
   * What was measured.
   *
   * @param answers to {@link #questions()}
   */
  GateLooks.Stored look(List<Answer> answers) {
    var left = new ArrayList<>(answers);
    var ours = reading(canary, left);
    var theirs = other == null ? null : reading(other, left);
    return new GateLooks.Stored(new Look(at, ours, theirs), requests(ours, left));
  }

  private @Nullable Double requests(Reading ours, List<Answer> left) {
    if (left.isEmpty()
        || !(left.removeFirst() instanceof MetricsServer.Series others)
        || !(ours instanceof Reading.Counts counts)) {
      return null;
    }
    var all = counts.all() + sum(others.values());
    return Double.isFinite(all) ? all : null;
  }

  private Reading reading(List<String> pods, List<Answer> left) {
    if (pods.isEmpty() && hasPods()) {
      return new Reading.NoData();
    }
    return metric.query() != null
        ? values(left.removeFirst())
        : counts(left.removeFirst(), left.removeFirst());
  }

  private static Reading values(Answer answer) {
    return switch (answer) {
      case MetricsServer.Failed(var reason) -> new Reading.Unavailable(reason);
      case MetricsServer.Series(var values) when values.isEmpty() -> new Reading.NoData();
      case MetricsServer.Series(var values) -> new Reading.Values(values);
    };
  }

  private static Reading counts(Answer bad, Answer all) {
    if (bad instanceof MetricsServer.Failed(var reason)) {
      return new Reading.Unavailable(reason);
    }
    return switch (all) {
      case MetricsServer.Failed(var reason) -> new Reading.Unavailable(reason);
      case MetricsServer.Series(var values) when values.isEmpty() -> new Reading.NoData();
      case MetricsServer.Series(var values) ->
          new Reading.Counts(
              bad instanceof MetricsServer.Series(var some) && !some.isEmpty() ? sum(some) : null,
              sum(values));
    };
  }

  private static double sum(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).sum();
  }
}
