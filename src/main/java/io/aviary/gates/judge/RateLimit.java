package io.aviary.gates.judge;

import io.aviary.gates.judge.CountSeries.Counts;
import io.aviary.gates.judge.Finding.Answer;
import io.aviary.gates.judge.Finding.Question;
import io.aviary.release.definition.MetricDefinition;
import java.util.OptionalInt;

/**
 * Whether the rate of bad ones is above {@code max} or below {@code min}: the exact binomial test.
 */
record RateLimit(MetricDefinition metric, Question question, CountSeries series)
    implements Criterion {

  @Override
  public boolean enough(int from, int to) {
    return series.canary(from, to).all() >= Math.max(1, metric.minRequests());
  }

  @Override
  public boolean measuredAt(int look) {
    return series.measuredAt(look);
  }

  @Override
  public double p(int from, int to) {
    var counts = series.canary(from, to);
    return isMax()
        ? Rates.atLeast(counts.bad(), counts.all(), limit())
        : Rates.atMost(counts.bad(), counts.all(), limit());
  }

  @Override
  public double overdispersion(int from, int to) {
    return Overdispersion.ofCounts(series.bad(from, to), series.all(from, to));
  }

  @Override
  public boolean fine(int from, int to) {
    double rate = series.canary(from, to).rate();
    return isMax() ? rate <= limit() : rate >= limit();
  }

  @Override
  public boolean forgivesChance() {
    return false;
  }

  @Override
  public OptionalInt troublingNewest(int to) {
    int from = to - 1;
    while (!enough(from, to)) {
      from--;
    }
    return !fine(from, to) && p(from, to) < SELDOM_CHANCE
        ? OptionalInt.of(from)
        : OptionalInt.empty();
  }

  @Override
  public Finding finding(Answer answer, int from, int to, double p, double level) {
    double overdispersion = overdispersion(from, to);
    double strict = Overdispersion.strengthen(level, overdispersion);
    var counts = series.canary(from, to);
    var sentence =
        "%s %s (%d of %d)%s, %s"
            .formatted(
                metric.name(),
                Wording.percent(counts.rate()),
                counts.bad(),
                counts.all(),
                Wording.looks(from, to),
                Wording.limit(answer, isMax(), Wording.percent(limit()), p));
    return new Finding(
        question,
        answer,
        from + 1,
        to,
        group(counts),
        null,
        limit(),
        null,
        null,
        new Finding.Interval(
            Rates.lowerBound(counts.bad(), counts.all(), strict),
            Rates.upperBound(counts.bad(), counts.all(), strict),
            1 - 2 * level),
        overdispersion,
        p,
        level,
        sentence);
  }

  @Override
  public Finding tooFew(int to) {
    var counts = series.canary(0, to);
    return Wording.tooFew(
        question,
        to,
        counts.all() == 0 ? null : group(counts),
        null,
        limit(),
        "%s: %d of the %d requests that a verdict needs"
            .formatted(metric.name(), counts.all(), Math.max(1, metric.minRequests())));
  }

  static Finding.Group group(Counts counts) {
    return new Finding.Group(counts.rate(), counts.rate(), counts.all(), counts.bad());
  }

  private boolean isMax() {
    return question == Question.ABOVE_MAX;
  }

  private double limit() {
    return Wording.limitOf(metric, question);
  }
}
