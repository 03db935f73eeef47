package io.aviary.gates.judge;

import io.aviary.gates.judge.Finding.Answer;
import io.aviary.release.definition.MetricDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Judges the measurements of one metric. Safe for use by many threads. */
public final class Judge {

  /** With fewer the test can hardly tell anything, and four of five ranks prove nothing. */
  private static final int LEAST_SAMPLES = 5;

  private Judge() {}

  /**
   * What the looks so far say.
   *
   * <p>To be called after each look, with all looks since the gate began, in order, those that
   * failed included. A canary that was clearly worse after some look stays so.
   *
   * @param atEnd whether the hold is over, so that there must be a decision: then never {@link
   *     Verdict.Undecided}, else never {@link Verdict.Pass} or {@link Verdict.Inconclusive}
   * @throws IllegalArgumentException if the metric has neither a limit nor anybody to compare with
   */
  public static Verdict judge(MetricDefinition metric, List<Look> looks, Plan plan, boolean atEnd) {
    var criteria = Criteria.of(metric, looks);
    var findings =
        criteria.stream()
            .map(
                criterion ->
                    new Monitor(criterion, plan.falseAlarms() / criteria.size(), plan.looks()))
            .map(monitor -> monitor.after(looks.size()))
            .flatMap(List::stream)
            .toList();
    var evidence =
        new Evidence(
            metric.name(),
            metric.unit(),
            looks.size(),
            plan.looks(),
            (int) looks.stream().filter(Judge::isWithoutData).count(),
            (int) looks.stream().filter(look -> unavailable(look) != null).count(),
            findings);
    var worse = sentences(findings, Answer.WORSE);
    if (!worse.isEmpty()) {
      return new Verdict.Fail(worse, evidence);
    }
    if (!atEnd) {
      var soFar =
          looks.isEmpty() ? metric.name() + ": no look yet" : "so far: " + sentences(findings);
      return new Verdict.Undecided(soFar, evidence);
    }
    var doubts = doubts(metric, looks, criteria, evidence);
    return doubts.isEmpty()
        ? new Verdict.Pass(sentences(findings), evidence)
        : new Verdict.Inconclusive(String.join("; ", doubts), evidence);
  }

  /** What keeps the metric from passing though the canary is not clearly worse. */
  private static List<String> doubts(
      MetricDefinition metric, List<Look> looks, List<Criterion> criteria, Evidence evidence) {
    var doubts = new ArrayList<String>();
    evidence.findings().stream()
        .filter(finding -> finding.answer() != Answer.FINE)
        .map(Finding::sentence)
        .forEach(doubts::add);
    boolean decided = doubts.isEmpty();
    var lastTrouble =
        looks.reversed().stream()
            .map(Judge::unavailable)
            .filter(reason -> reason != null)
            .findFirst();
    if (evidence.unavailable() * 2 > looks.size() || (!decided && evidence.unavailable() > 0)) {
      doubts.add(
          "%s: %d of %d looks got no answer, the last of them: %s"
              .formatted(
                  metric.name(), evidence.unavailable(), looks.size(), lastTrouble.orElse("")));
    }
    if (!decided && evidence.withoutData() > 0) {
      doubts.add(
          "%s: %d of %d looks were answered without data; if that stays so, try the query against"
                  .formatted(metric.name(), evidence.withoutData(), looks.size())
              + " the metrics server");
    }
    // A pass must not rest on what was measured before the measuring broke off.
    if (decided && !criteria.stream().allMatch(one -> one.measuredAt(looks.size() - 1))) {
      doubts.add(
          metric.name()
              + ": the newest look brought no measurement, so nobody knows how"
              + " the canary is now");
    }
    return doubts;
  }

  /** How many looks with samples a verdict needs. */
  static int leastSamples(MetricDefinition metric) {
    return Math.max(LEAST_SAMPLES, metric.minSamples());
  }

  private static boolean isWithoutData(Look look) {
    return unavailable(look) == null
        && readings(look)
            .anyMatch(
                reading ->
                    switch (reading) {
                      case Reading.Counts counts -> !counts.isSound();
                      case Reading.Values values -> values.values().isEmpty();
                      case Reading.NoData() -> true;
                      case Reading.Unavailable(String _) -> false;
                    });
  }

  private static @Nullable String unavailable(Look look) {
    return readings(look)
        .filter(Reading.Unavailable.class::isInstance)
        .map(Reading.Unavailable.class::cast)
        .map(Reading.Unavailable::reason)
        .findFirst()
        .orElse(null);
  }

  private static Stream<Reading> readings(Look look) {
    var other = look.other();
    return other == null ? Stream.of(look.canary()) : Stream.of(look.canary(), other);
  }

  private static String sentences(List<Finding> findings, Answer answer) {
    return sentences(findings.stream().filter(finding -> finding.answer() == answer).toList());
  }

  private static String sentences(List<Finding> findings) {
    return findings.stream().map(Finding::sentence).collect(Collectors.joining("; "));
  }
}
