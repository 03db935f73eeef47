package io.aviary.gates.judge;

import io.aviary.gates.judge.Finding.Answer;
import io.aviary.gates.judge.Finding.Question;
import io.aviary.release.definition.MetricDefinition;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Whether the rate of bad ones differs from the other's: Fisher's exact test with a margin. */
record RateComparison(MetricDefinition metric, Question question, CountSeries series)
    implements Criterion {

  @Override
  public boolean enough(int from, int to) {
    int least = Math.max(1, metric.minRequests());
    return series.canary(from, to).all() >= least && series.other(from, to).all() >= least;
  }

  @Override
  public boolean measuredAt(int look) {
    return series.measuredAt(look);
  }

  @Override
  public double p(int from, int to) {
    var canary = series.canary(from, to);
    var other = series.other(from, to);
    return isHigher()
        ? Rates.higher(canary.bad(), canary.all(), other.bad(), other.all(), allowedRatio())
        : Rates.lower(canary.bad(), canary.all(), other.bad(), other.all(), allowedRatio());
  }

  @Override
  public double overdispersion(int from, int to) {
    return Overdispersion.ofCounts(
        series.bad(from, to),
        series.all(from, to),
        series.otherBad(from, to),
        series.otherAll(from, to));
  }

  @Override
  public boolean fine(int from, int to) {
    double rate = series.canary(from, to).rate();
    double allowed = series.other(from, to).rate() * allowedRatio();
    return isHigher() ? rate <= allowed : rate >= allowed;
  }

  @Override
  public boolean forgivesChance() {
    return true;
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
    var canary = series.canary(from, to);
    var other = series.other(from, to);
    Double ratio = other.bad() == 0 ? null : canary.rate() / other.rate();
    var sentence =
        "%s %s (%d of %d) against %s (%d of %d) of %s%s%s, %s"
            .formatted(
                metric.name(),
                Wording.percent(canary.rate()),
                canary.bad(),
                canary.all(),
                Wording.percent(other.rate()),
                other.bad(),
                other.all(),
                Wording.other(metric),
                ratio == null ? "" : ", " + Wording.times(ratio),
                Wording.looks(from, to),
                Wording.comparison(answer, isHigher(), metric.tolerance(), p));
    return new Finding(
        question,
        answer,
        from + 1,
        to,
        RateLimit.group(canary),
        RateLimit.group(other),
        metric.tolerance(),
        ratio,
        null,
        new Finding.Interval(
            Rates.ratioLowerBound(canary.bad(), canary.all(), other.bad(), other.all(), strict),
            finite(
                Rates.ratioUpperBound(
                    canary.bad(), canary.all(), other.bad(), other.all(), strict)),
            1 - 2 * level),
        overdispersion,
        p,
        level,
        sentence);
  }

  private static @Nullable Double finite(double bound) {
    return Double.isFinite(bound) ? bound : null;
  }

  @Override
  public Finding tooFew(int to) {
    var canary = series.canary(0, to);
    var other = series.other(0, to);
    return Wording.tooFew(
        question,
        to,
        canary.all() == 0 ? null : RateLimit.group(canary),
        other.all() == 0 ? null : RateLimit.group(other),
        metric.tolerance(),
        "%s: a verdict needs %d requests of each, there are %d of the canary and %d of %s"
            .formatted(
                metric.name(),
                Math.max(1, metric.minRequests()),
                canary.all(),
                other.all(),
                Wording.other(metric)));
  }

  private boolean isHigher() {
    return question == Question.HIGHER_THAN_OTHER;
  }

  private double allowedRatio() {
    return isHigher() ? 1 + metric.tolerance() : Math.max(0, 1 - metric.tolerance());
  }
}
