package io.aviary.gates.judge;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * By how much measurements vary more than independent ones would, as a factor of the variance, 1
 * where they do not. Tests that take measurements as independent would see too much in them: errors
 * come in bursts, and a latency remembers the minute before.
 *
 * <p>The other group is the yardstick, because how the canary varies may be what is wrong with it:
 * errors that begin late, or a leak, must not excuse themselves.
 */
final class Overdispersion {

  /** With fewer looks there is no telling. */
  private static final int LEAST_LOOKS = 5;

  /** Beyond this, the estimate from few looks is of no use. */
  private static final double MOST_MEMORY = 0.95;

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  private Overdispersion() {}

  /**
   * Of counts of {@code bad} among {@code all}, one a look: Pearson's χ² by its degrees of freedom
   * (McCullagh and Nelder, "Generalized Linear Models", section 4.5.2).
   */
  static double ofCounts(double[] bad, double[] all) {
    double rate = Arrays.stream(bad).sum() / Arrays.stream(all).sum();
    if (!(rate > 0 && rate < 1)) {
      return 1;
    }
    double chiSquare = 0;
    int looks = 0;
    for (int i = 0; i < bad.length; i++) {
      if (all[i] > 0) {
        double expected = all[i] * rate;
        chiSquare += (bad[i] - expected) * (bad[i] - expected) / (expected * (1 - rate));
        looks++;
      }
    }
    return looks < LEAST_LOOKS ? 1 : Math.max(1, chiSquare / (looks - 1));
  }

  /**
   * Of samples, one a look, that remember the one before: the variance of a mean of autocorrelated
   * values by that of independent ones (Bartlett, Journal of the Royal Statistical Society 98
   * (1935) 536–543), the autocorrelation falling off by the power of the lag.
   *
   * <p>What drifts in both groups alike, such as a cache that fills, is not what makes them differ,
   * so the memory is the smaller of the other's and that of the differences.
   */
  static double ofSamples(double[] canary, double[] other) {
    var differences = new double[other.length];
    Arrays.setAll(differences, i -> canary[i] - other[i]);
    double memory = Math.min(memory(other), memory(differences));
    int n = other.length;
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
   * (Kendall, "Note on bias in the estimation of autocorrelation", Biometrika 41 (1954) 403–404).
   */
  private static double memory(double[] values) {
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
    return Math.clamp(autocorrelation + (1 + 4 * autocorrelation) / n, 0, MOST_MEMORY);
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
