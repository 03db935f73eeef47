package io.aviary.gates.judge;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.statistics.distribution.BetaDistribution;

/** Exact tests and intervals for counts of bad ones among all. */
final class Rates {

  private Rates() {}

  /** Probability of {@code bad} or more of {@code all}, if each is bad with {@code rate}. */
  static double atLeast(long bad, long all, double rate) {
    if (bad <= 0 || rate >= 1) {
      return 1;
    }
    if (rate <= 0) {
      return 0;
    }
    // The binomial tail by the beta distribution, as the library's binomial ends at 2^31.
    return BetaDistribution.of((double) bad, all - bad + 1.0).cumulativeProbability(rate);
  }

  /** Probability of {@code bad} or fewer of {@code all}, if each is bad with {@code rate}. */
  static double atMost(long bad, long all, double rate) {
    if (bad >= all || rate <= 0) {
      return 1;
    }
    if (rate >= 1) {
      return 0;
    }
    return BetaDistribution.of(bad + 1.0, (double) (all - bad)).survivalProbability(rate);
  }

  /**
   * Lower end of Clopper and Pearson's interval ("The use of confidence or fiducial limits
   * illustrated in the case of the binomial", Biometrika 26 (1934) 404–413): the true rate is below
   * with at most {@code level}.
   */
  static double lowerBound(long bad, long all, double level) {
    return bad == 0
        ? 0
        : BetaDistribution.of((double) bad, all - bad + 1.0).inverseCumulativeProbability(level);
  }

  /** Upper end, as {@link #lowerBound}. */
  static double upperBound(long bad, long all, double level) {
    return bad == all
        ? 1
        : BetaDistribution.of(bad + 1.0, (double) (all - bad)).inverseSurvivalProbability(level);
  }

  /**
   * p-value of "the canary's rate is at most {@code ratio} times the other's", one-sided: small
   * where the canary's is higher. With {@code ratio} 1 it is Fisher's exact test.
   */
  static double higher(long bad, long all, long otherBad, long otherAll, double ratio) {
    return tail(bad, all, otherBad, otherAll, ratio, true);
  }

  /** p-value of "the canary's rate is at least {@code ratio} times the other's". */
  static double lower(long bad, long all, long otherBad, long otherAll, double ratio) {
    return tail(bad, all, otherBad, otherAll, ratio, false);
  }

  /**
   * Largest ratio that {@link #higher} refutes at {@code level}; 0 where it refutes none. The ratio
   * of the rates is below with at most {@code level}.
   */
  static double ratioLowerBound(long bad, long all, long otherBad, long otherAll, double level) {
    if (bad == 0) {
      return 0;
    }
    return crossing(ratio -> higher(bad, all, otherBad, otherAll, ratio) - level);
  }

  /** As {@link #ratioLowerBound}; infinite where the other has no bad ones. */
  static double ratioUpperBound(long bad, long all, long otherBad, long otherAll, double level) {
    if (otherBad == 0) {
      return Double.POSITIVE_INFINITY;
    }
    return crossing(ratio -> level - lower(bad, all, otherBad, otherAll, ratio));
  }

  /**
   * Conditional on how many are bad in sum, the canary's part follows Fisher's noncentral
   * hypergeometric distribution, whose parameter is the ratio of the odds (Fisher, "The logic of
   * inductive inference", Journal of the Royal Statistical Society 98 (1935) 39–82). The odds ratio
   * that belongs to a ratio of rates depends on the other's rate; for that stands its maximum
   * likelihood estimate under the ratio (Farrington and Manning, Statistics in Medicine 9 (1990)
   * 1447–1454). The library has the central distribution only.
   */
  private static double tail(
      long bad, long all, long otherBad, long otherAll, double ratio, boolean upper) {
    double odds = oddsRatio(bad, all, otherBad, otherAll, ratio);
    long badInSum = bad + otherBad;
    long least = Math.max(0, badInSum - otherAll);
    long most = Math.min(all, badInSum);
    if (odds == 0 || odds == Double.POSITIVE_INFINITY) {
      long certain = odds == 0 ? least : most;
      return (upper ? certain >= bad : certain <= bad) ? 1 : 0;
    }
    long mode = Math.clamp(mode(all, otherAll, badInSum, odds), least, most);
    // Weights relative to that of the mode, by the ratio of neighbours: no factorials, and the sums
    // end where the weights vanish.
    double inTail = 0;
    double inSum = 0;
    double weight = 1;
    for (long x = mode; x <= most && weight > 0; x++) {
      inSum += weight;
      inTail += (upper ? x >= bad : x <= bad) ? weight : 0;
      weight *= odds * (all - x) / (x + 1.0) * (badInSum - x) / (otherAll - badInSum + x + 1.0);
    }
    weight = 1;
    for (long x = mode; x > least && weight > 0; x--) {
      weight *= x / (odds * (all - x + 1.0)) * (otherAll - badInSum + x) / (badInSum - x + 1.0);
      inSum += weight;
      inTail += (upper ? x - 1 >= bad : x - 1 <= bad) ? weight : 0;
    }
    return Math.min(1, inTail / inSum);
  }

  /** The odds ratio where the canary's rate is {@code ratio} times the other's. */
  private static double oddsRatio(long bad, long all, long otherBad, long otherAll, double ratio) {
    double inSum = bad + otherBad;
    double a = ratio * ((double) all + otherAll);
    double b = (double) bad + otherAll + ratio * ((double) otherBad + all);
    // The smaller root of a·rate² − b·rate + inSum, written so that nothing cancels.
    double rate = 2 * inSum / (b + Math.sqrt(Math.max(0, b * b - 4 * a * inSum)));
    double canaryRate = ratio * rate;
    if (canaryRate >= 1) {
      return Double.POSITIVE_INFINITY;
    }
    return ratio * (1 - rate) / (1 - canaryRate);
  }

  /** Of Fisher's noncentral hypergeometric distribution (Liao and Rosen 2001). */
  private static long mode(long all, long otherAll, long badInSum, double odds) {
    double a = odds - 1;
    double b = -((all + badInSum + 2.0) * odds + otherAll - badInSum);
    double c = (all + 1.0) * (badInSum + 1.0) * odds;
    double root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
    return (long) Math.floor(2 * c / (root - b));
  }

  /** Where a function that rises with the ratio gets above zero; 0 or infinite: nowhere. */
  private static double crossing(DoubleUnaryOperator function) {
    double low = Math.log(1e-12);
    double high = Math.log(1e12);
    if (function.applyAsDouble(Math.exp(low)) > 0) {
      return 0;
    }
    if (function.applyAsDouble(Math.exp(high)) <= 0) {
      return Double.POSITIVE_INFINITY;
    }
    for (int i = 0; i < 40; i++) {
      double middle = (low + high) / 2;
      if (function.applyAsDouble(Math.exp(middle)) > 0) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return Math.exp(low);
  }
}
