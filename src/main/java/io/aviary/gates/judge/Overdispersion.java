package io.aviary.gates.judge;

import java.util.Arrays;
import java.util.function.DoublePredicate;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * By how much measurements vary more than independent ones would, as a factor of the variance, 1
 * where they do not. Tests that take measurements as independent would see too much in them: errors
 * come in bursts, and a latency remembers the minute before.
 *
 * <p>A canary must not excuse itself by varying: what begins late varies, and so does a leak. So it
 * is estimated for the range of looks that is tested: once the latest looks are all bad, they no
 * longer vary.
 */
final class Overdispersion {

  /** With fewer looks there is no telling. */
  static final int LEAST_LOOKS = 5;

  /** Assumed for counts while there is no telling, so that the first burst does not decide. */
  private static final double UNKNOWN = 2;

  /** Beyond this, the estimate from few looks is of no use. */
  private static final double MOST_MEMORY = 0.95;

  /** With fewer looks a range says little. */
  private static final int LEAST_LOOKS_OF_RANGE = 10;

  /** So many times the range is far. */
  private static final int FAR = 10;

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  private Overdispersion() {}

  /** Of counts of {@code bad} among {@code all}, one of each a look. */
  static double ofCounts(double[] bad, double[] all) {
    return new Pearson().add(bad, all).overdispersion();
  }

  /** Of the counts of two groups, each around its own rate. */
  static double ofCounts(double[] bad, double[] all, double[] otherBad, double[] otherAll) {
    return new Pearson().add(bad, all).add(otherBad, otherAll).overdispersion();
  }

  /**
   * Pearson's χ² by its degrees of freedom (McCullagh and Nelder, "Generalized Linear Models",
   * section 4.5.2).
   */
  private static final class Pearson {
    private double chiSquare;
    private int degreesOfFreedom;

    Pearson add(double[] bad, double[] all) {
      double rate = Arrays.stream(bad).sum() / Arrays.stream(all).sum();
      if (rate > 0 && rate < 1) {
        degreesOfFreedom--;
        for (int i = 0; i < bad.length; i++) {
          if (all[i] > 0) {
            double expected = all[i] * rate;
            chiSquare += (bad[i] - expected) * (bad[i] - expected) / (expected * (1 - rate));
            degreesOfFreedom++;
          }
        }
      }
      return this;
    }

    double overdispersion() {
      return degreesOfFreedom < LEAST_LOOKS - 1
          ? UNKNOWN
          : Math.max(1, chiSquare / degreesOfFreedom);
    }
  }

  /**
   * Of samples, one a look, that remember the one before: of which are beyond a limit, or where all
   * are the same in that, of their values. A steady rise or fall is no memory but what a limit is
   * there for, so it is taken out of the values.
   */
  static double ofSamples(double[] samples, DoublePredicate isBeyond) {
    var beyond = Arrays.stream(samples).map(sample -> isBeyond.test(sample) ? 1 : 0).toArray();
    boolean alike = Arrays.stream(beyond).distinct().count() == 1;
    double memory = alike ? memory(withoutTrend(samples), 2) : memory(beyond, 1);
    return ofMemory(memory, samples.length);
  }

  /**
   * Of samples that are compared. The other group is the yardstick, but what drifts in both alike,
   * such as a cache that fills, is not what makes them differ: so the memory is the smaller of the
   * other's and that of the differences.
   */
  static double ofSamples(double[] canary, double[] other) {
    var differences = new double[other.length];
    Arrays.setAll(differences, i -> canary[i] - other[i]);
    return ofMemory(Math.min(memory(other, 1), memory(differences, 1)), other.length);
  }

  /**
   * Whether samples are beyond all that is allowed by many times what the other has moved at all.
   * Then it plays no part for how long the other stays where it is: no wave of that size comes up
   * there. Ranks do not see sizes: of a memory that grows by a page now and then they tell that it
   * never forgets.
   *
   * @param samples more is worse
   * @param allowed the other's samples with the tolerance, of all looks
   */
  static boolean isFarBeyond(double[] samples, double[] allowed) {
    var range = Arrays.stream(allowed).summaryStatistics();
    return allowed.length >= LEAST_LOOKS_OF_RANGE
        && SampleSeries.median(samples) - range.getMax() > FAR * (range.getMax() - range.getMin());
  }

  /**
   * The variance of a mean of autocorrelated values by that of independent ones (Bartlett, Journal
   * of the Royal Statistical Society 98 (1935) 536–543), the autocorrelation falling off by the
   * power of the lag.
   */
  private static double ofMemory(double memory, int n) {
    double factor = 1;
    double correlation = 1;
    for (int lag = 1; lag < n; lag++) {
      correlation *= memory;
      factor += 2 * correlation * (n - lag) / n;
    }
    return factor;
  }

  /**
   * Autocorrelation of the ranks at lag 1, between 0 and 1, corrected for its bias in short series
   * (Marriott and Pope, "Bias in the estimation of autocorrelations", Biometrika 41 (1954)
   * 390–402).
   *
   * @param fitted how many parameters have been taken out: 1 for the mean, 2 for a trend too
   */
  private static double memory(double[] values, int fitted) {
    int n = values.length;
    var ranks = RankSum.midRanks(values);
    double mean = (n + 1) / 2.0;
    double products = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      squares += (ranks[i] - mean) * (ranks[i] - mean);
      products += i == 0 ? 0 : (ranks[i] - mean) * (ranks[i - 1] - mean);
    }
    if (n < LEAST_LOOKS || squares == 0) {
      return 0;
    }
    double autocorrelation = products / squares;
    return Math.clamp(autocorrelation + (fitted + 4 * autocorrelation) / n, 0, MOST_MEMORY);
  }

  /** By least squares. */
  private static double[] withoutTrend(double[] values) {
    int n = values.length;
    double middle = (n - 1) / 2.0;
    double products = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      products += (i - middle) * values[i];
      squares += (i - middle) * (i - middle);
    }
    double slope = products / squares;
    var rest = new double[n];
    Arrays.setAll(rest, i -> values[i] - slope * (i - middle));
    return rest;
  }

  /** The p-value of independent measurements, brought down to what it is worth. */
  static double weaken(double p, double overdispersion) {
    return overdispersion == 1 || p >= 0.5 ? p : scale(p, 1 / Math.sqrt(overdispersion));
  }

  /** The level that an independent measurement's p-value must reach, so that it is worth this. */
  static double strengthen(double level, double overdispersion) {
    return overdispersion == 1 ? level : scale(level, Math.sqrt(overdispersion));
  }

  private static double scale(double p, double factor) {
    return NORMAL.survivalProbability(NORMAL.inverseSurvivalProbability(p) * factor);
  }
}
