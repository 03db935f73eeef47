package io.aviary.gates.judge;

import io.aviary.gates.judge.Finding.Answer;
import io.aviary.gates.judge.Finding.Question;
import io.aviary.release.definition.MetricDefinition;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Whether the samples are typically above {@code max} or below {@code min}: the sign test
 * (Arbuthnot 1710; exact, and right for every distribution), whose null hypothesis is that at most
 * half of all looks are beyond the limit.
 */
record SampleLimit(MetricDefinition metric, Question question, SampleSeries series)
    implements Criterion {

  /** So many of the newest samples must also be within the limit, typically, or nothing passes. */
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
    var samples = series.canary(from, to);
    return Rates.atLeast(beyond(samples), samples.length, 0.5);
  }

  @Override
  public double overdispersion(int from, int to) {
    return Overdispersion.ofSamples(series.canary(from, to), sample -> !isFine(sample));
  }

  @Override
  public boolean fine(int from, int to) {
    return isFine(SampleSeries.median(series.canary(from, to)));
  }

  @Override
  public boolean forgivesChance() {
    return false;
  }

  @Override
  public OptionalInt troublingNewest(int to) {
    var newest = series.newest(NEWEST, to);
    return newest.isPresent() && !fine(newest.getAsInt(), to) ? newest : OptionalInt.empty();
  }

  @Override
  public Finding finding(Answer answer, int from, int to, double p, double level) {
    double overdispersion = overdispersion(from, to);
    double strict = Overdispersion.strengthen(level, overdispersion);
    var samples = series.canary(from, to);
    var group = group(samples);
    var sentence =
        "%s %s (%d of %d samples %s)%s, %s"
            .formatted(
                metric.name(),
                Wording.value(group.value(), metric.unit()),
                beyond(samples),
                samples.length,
                isMax() ? "above" : "below",
                Wording.looks(from, to),
                Wording.limit(answer, isMax(), Wording.value(limit(), metric.unit()), p));
    return new Finding(
        question,
        answer,
        from + 1,
        to,
        group,
        null,
        limit(),
        null,
        null,
        interval(samples, strict, 1 - 2 * level),
        overdispersion,
        p,
        level,
        sentence);
  }

  /**
   * Of the median, by order statistics: the interval that belongs to the sign test (Thompson,
   * Annals of Mathematical Statistics 7 (1936) 122–128).
   */
  private static Finding.Interval interval(double[] samples, double level, double confidence) {
    var sorted = samples.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    int rank = 0;
    while (Rates.atMost(rank, n, 0.5) <= level) {
      rank++;
    }
    return rank == 0
        ? new Finding.Interval(null, null, confidence)
        : new Finding.Interval(sorted[rank - 1], sorted[n - rank], confidence);
  }

  @Override
  public Finding tooFew(int to) {
    var samples = series.canary(0, to);
    return Wording.tooFew(
        question,
        to,
        samples.length == 0 ? null : group(samples),
        null,
        limit(),
        "%s: %d of the %d samples that a verdict needs"
            .formatted(metric.name(), samples.length, Judge.leastSamples(metric)));
  }

  private Finding.Group group(double[] samples) {
    return new Finding.Group(
        SampleSeries.median(samples), SampleSeries.mean(samples), samples.length, beyond(samples));
  }

  private long beyond(double[] samples) {
    return Arrays.stream(samples).filter(sample -> !isFine(sample)).count();
  }

  private boolean isFine(double value) {
    return isMax() ? value <= limit() : value >= limit();
  }

  private boolean isMax() {
    return question == Question.ABOVE_MAX;
  }

  private double limit() {
    return Wording.limitOf(metric, question);
  }
}
