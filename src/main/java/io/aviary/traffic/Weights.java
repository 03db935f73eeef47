package io.aviary.traffic;

import java.util.List;
import java.util.Optional;

/**
 * Weights for one rule of a route. The backends that were there keep their proportions exactly,
 * because all their weights are multiplied by the same factor; the canary's weight then makes its
 * share of the rule. So even where the original weights have been forgotten, taking the canary's
 * backend away leaves the rule's requests distributed as before.
 *
 * @param factor of all weights but the canary's; 0 only where the canary gets everything
 * @param canary its weight
 */
record Weights(int factor, int canary) {

  /** What the Gateway API allows. */
  private static final int MOST = 1_000_000;

  /** Enough for any share of three digits, e.g. 33.3 %. */
  private static final int FACTORS = 1000;

  static final Weights NONE = new Weights(1, 0);

  /**
   * The smallest weights with exactly this share, or those that come nearest.
   *
   * @param originals of the other backends; their sum is above 0
   * @return empty: such weights would be larger than a route may have
   */
  static Optional<Weights> of(List<Integer> originals, double percent) {
    if (percent <= 0) {
      return Optional.of(NONE);
    }
    if (percent >= 100) {
      return Optional.of(new Weights(0, 1));
    }
    double sum = originals.stream().mapToLong(Integer::longValue).sum();
    long largest = originals.stream().mapToLong(Integer::longValue).max().orElse(0);
    Weights best = null;
    var off = Double.MAX_VALUE;
    for (var factor = 1; factor <= FACTORS && factor * largest <= MOST; factor++) {
      double canary = Math.max(1, Math.round(factor * sum * percent / (100 - percent)));
      var difference = Math.abs(Percent.share(canary, factor * sum) - percent);
      if (canary <= MOST && difference < off - 1e-9) {
        best = new Weights(factor, (int) canary);
        off = difference;
      }
    }
    return Optional.ofNullable(best);
  }
}
