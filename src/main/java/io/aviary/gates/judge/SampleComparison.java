package io.aviary.gates.judge;

import io.aviary.gates.judge.Finding.Answer;
import io.aviary.gates.judge.Finding.Question;
import io.aviary.release.definition.MetricDefinition;
import java.util.Arrays;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Whether the samples differ from the other's: the test of Mann and Whitney against the other's
 * samples, each moved by the tolerance in the direction that is worse. So there is nothing to
 * estimate for the margin, and the unit plays no part.
 */
record SampleComparison(MetricDefinition metric, Question question, SampleSeries series)
    implements Criterion {

  /** So many of the newest looks may not stand out, all or nearly all, or nothing passes. */
  private static final int NEWEST = 5;

  @Override
  public boolean enough(int from, int to) {
    return series.count(from, to) >= Judge.leastSamples(metric);
  }

  @Override
  public boolean measuredAt(int look) {
    return series.measuredAt(look);
  }

  @Override
  public double p(int from, int to) {
    return RankSum.higher(worseness(series.canary(from, to)), allowed(series.other(from, to)));
  }

  /** Of all looks also for the latest: the other's memory is best seen over many. */
  @Override
  public double overdispersion(int from, int to) {
    return Overdispersion.isFarBeyond(
            worseness(series.canary(from, to)), allowed(series.other(0, to)))
        ? 1
        : Overdispersion.ofSamples(series.canary(0, to), series.other(0, to));
  }

  @Override
  public boolean fine(int from, int to) {
    return RankSum.shift(worseness(series.canary(from, to)), allowed(series.other(from, to))) <= 0;
  }

  @Override
  public boolean forgivesChance() {
    return true;
  }

  @Override
  public OptionalInt troublingNewest(int to) {
    var newest = series.newest(NEWEST, to);
    return newest.isPresent() && p(newest.getAsInt(), to) < SELDOM_CHANCE
        ? newest
        : OptionalInt.empty();
  }

  /** Samples, or their negatives where lower is worse: in both cases more is worse. */
  private double[] worseness(double[] samples) {
    return isHigher() ? samples : Arrays.stream(samples).map(sample -> -sample).toArray();
  }

  private double[] allowed(double[] samples) {
    return Arrays.stream(worseness(samples))
        .map(sample -> sample + metric.tolerance() * Math.abs(sample))
        .toArray();
  }

  @Override
  public Finding finding(Answer answer, int from, int to, double p, double level) {
    var canary = series.canary(from, to);
    var other = series.other(from, to);
    double median = SampleSeries.median(canary);
    double medianOfOther = SampleSeries.median(other);
    double overdispersion = overdispersion(from, to);
    double strict = Overdispersion.strengthen(level, overdispersion);
    // Bursts that half of the looks do not see: the medians would show no difference.
    boolean showsMeans = answer != Answer.FINE && median == medianOfOther;
    double shown = showsMeans ? SampleSeries.mean(canary) : median;
    double shownOfOther = showsMeans ? SampleSeries.mean(other) : medianOfOther;
    var ratio = ratio(shown, shownOfOther);
    var sentence =
        "%s %s against %s of %s%s%s, n = %d%s, %s%s"
            .formatted(
                metric.name(),
                Wording.value(shown, metric.unit()),
                Wording.value(shownOfOther, metric.unit()),
                Wording.other(metric),
                showsMeans ? " on average" : "",
                ratio == null ? "" : ", " + Wording.times(ratio),
                canary.length,
                Wording.looks(from, to),
                Wording.comparison(answer, isHigher(), metric.tolerance(), p),
                Wording.restless(answer, p, level, overdispersion));
    return new Finding(
        question,
        answer,
        from + 1,
        to,
        group(canary),
        group(other),
        metric.tolerance(),
        ratio(median, medianOfOther),
        RankSum.shift(canary, other),
        new Finding.Interval(
            finite(RankSum.shiftLowerBound(canary, other, strict)),
            finite(RankSum.shiftUpperBound(canary, other, strict)),
            1 - 2 * level),
        overdispersion,
        p,
        level,
        sentence);
  }

  private static @Nullable Double ratio(double value, double other) {
    return value >= 0 && other > 0 ? finite(value / other) : null;
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  @Override
  public Finding tooFew(int to) {
    var canary = series.canary(0, to);
    var other = series.other(0, to);
    return Wording.tooFew(
        question,
        to,
        canary.length == 0 ? null : group(canary),
        other.length == 0 ? null : group(other),
        metric.tolerance(),
        "%s: %d of the %d looks with samples of both the canary and %s that a verdict needs"
            .formatted(
                metric.name(), canary.length, Judge.leastSamples(metric), Wording.other(metric)));
  }

  private static Finding.Group group(double[] samples) {
    return new Finding.Group(
        SampleSeries.median(samples), SampleSeries.mean(samples), samples.length, null);
  }

  private boolean isHigher() {
    return question == Question.HIGHER_THAN_OTHER;
  }
}
