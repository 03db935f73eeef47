package io.aviary.traffic;

import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * A share as requests show it, with the exact (Clopper–Pearson) interval that holds the true share
 * with at least 99 % certainty. All in per cent.
 *
 * @param share 0 where there were no requests
 * @param low 0 where there were no requests
 * @param high 100 where there were no requests
 */
public record ShareEstimate(double share, double low, double high) {

  private static final double ERROR_OF_EACH_SIDE = 0.005;

  /**
   * @param canary requests that the canary served
   * @param all of both sides
   * @throws IllegalArgumentException if these cannot be counts of the same requests
   */
  public static ShareEstimate of(long canary, long all) {
    if (canary < 0 || canary > all) {
      throw new IllegalArgumentException(
          canary + " requests of the canary cannot be a part of " + all + " requests");
    }
    if (all == 0) {
      return new ShareEstimate(0, 0, 100);
    }
    double ours = canary;
    double others = all - canary;
    var low =
        canary == 0
            ? 0
            : BetaDistribution.of(ours, others + 1)
                .inverseCumulativeProbability(ERROR_OF_EACH_SIDE);
    var high =
        others == 0
            ? 1
            : BetaDistribution.of(ours + 1, others).inverseSurvivalProbability(ERROR_OF_EACH_SIDE);
    return new ShareEstimate(100 * ours / all, 100 * low, 100 * high);
  }

  /**
   * Whether the whole interval lies outside what was asked for, so that chance does not explain it.
   *
   * @param tolerance points that a share may be away
   */
  public boolean isAwayFrom(double asked, double tolerance) {
    return low > asked + tolerance || high < asked - tolerance;
  }
}
