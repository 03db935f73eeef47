package io.aviary.gates.judge;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;

/**
 * The test of Mann and Whitney ("On a test of whether one of two random variables is stochastically
 * larger than the other", Annals of Mathematical Statistics 18 (1947) 50–60), and the shift that
 * belongs to it, of Hodges and Lehmann ("Estimates of location based on rank tests", Annals of
 * Mathematical Statistics 34 (1963) 598–611).
 */
final class RankSum {

  /**
   * Up to this many values in sum the exact distribution is used where there are ties: the normal
   * approximation is off by a factor of two far out for ten and ten values that are mostly zero.
   */
  private static final int EXACT_WITH_TIES = 60;

  private static final int EXACT_INTERVAL = 50;

  /** Values closer than this, relative to their size, are equal: they differ by rounding. */
  private static final double ROUNDING = 1e-9;

  private static final MannWhitneyUTest LIBRARY =
      MannWhitneyUTest.withDefaults().with(AlternativeHypothesis.GREATER_THAN);

  private RankSum() {}

  /** p-value of "{@code x} are no higher than {@code y}", one-sided: small where they are. */
  static double higher(double[] x, double[] y) {
    var ranks = midRanks(DoubleStream.concat(Arrays.stream(x), Arrays.stream(y)).toArray());
    int distinct = distinct(ranks);
    if (distinct == 1) {
      return 1;
    }
    if (distinct < ranks.length && ranks.length <= EXACT_WITH_TIES) {
      var doubled = Arrays.stream(ranks).mapToInt(rank -> (int) (2 * rank)).toArray();
      return exact(doubled, x.length, Arrays.stream(doubled).limit(x.length).sum());
    }
    var ofX = Arrays.copyOf(ranks, x.length);
    var ofY = Arrays.copyOfRange(ranks, x.length, ranks.length);
    return LIBRARY.test(ofX, ofY).getPValue();
  }

  private static int distinct(double[] ranks) {
    var sorted = ranks.clone();
    Arrays.sort(sorted);
    int distinct = 1;
    for (int i = 1; i < sorted.length; i++) {
      distinct += sorted[i] > sorted[i - 1] ? 1 : 0;
    }
    return distinct;
  }

  /**
   * Probability that {@code n} of the ranks, which are doubled so that they are whole, sum up to
   * {@code sum} or more if drawn at random: the shift algorithm of Streitberg and Röhmel, "Exact
   * distributions for permutation and rank tests", Statistical Software Newsletter 12 (1986) 10–17,
   * which counts subsets by size and sum.
   */
  private static double exact(int[] ranks, int n, int sum) {
    // From the lowest, which often many share, and counted from it: sums stay small for long.
    var fromLowest = Arrays.stream(ranks).sorted().toArray();
    int lowest = fromLowest[0];
    int least = sum - n * lowest;
    int most = Arrays.stream(ranks).sum() - ranks.length * lowest;
    var subsets = new double[n + 1][most + 1];
    subsets[0][0] = 1;
    int soFar = 0;
    for (int i = 0; i < ranks.length; i++) {
      int rank = fromLowest[i] - lowest;
      soFar += rank;
      for (int size = Math.min(n, i + 1); size > 0; size--) {
        var to = subsets[size];
        var from = subsets[size - 1];
        for (int s = soFar; s >= rank; s--) {
          to[s] += from[s - rank];
        }
      }
    }
    double inTail = 0;
    double inSum = 0;
    for (int s = 0; s <= most; s++) {
      inSum += subsets[n][s];
      inTail += s >= least ? subsets[n][s] : 0;
    }
    return inTail / inSum;
  }

  /** Rank of each value, from 1; equal ones share the mean of theirs. */
  static double[] midRanks(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    var ranks = new double[sorted.length];
    int from = 0;
    while (from < sorted.length) {
      int to = from + 1;
      while (to < sorted.length && areEqual(sorted[to - 1], sorted[to])) {
        to++;
      }
      Arrays.fill(ranks, from, to, (from + to + 1) / 2.0);
      from = to;
    }
    return Arrays.stream(values).map(value -> ranks[Arrays.binarySearch(sorted, value)]).toArray();
  }

  private static boolean areEqual(double a, double b) {
    return b - a <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
  }

  /** The median of all differences of one of {@code x} and one of {@code y}. */
  static double shift(double[] x, double[] y) {
    var differences = new Differences(x, y);
    long pairs = differences.count();
    return (differences.smallest((pairs + 1) / 2) + differences.smallest(pairs / 2 + 1)) / 2;
  }

  /**
   * Lower end of the interval of the shift (Moses 1953; Hollander and Wolfe, "Nonparametric
   * Statistical Methods", section 4.3): the difference of the highest rank that the test still
   * refutes. The true shift is below with at most {@code level}. Negative infinity where there are
   * too few values for any bound.
   */
  static double shiftLowerBound(double[] x, double[] y, double level) {
    long rank = refutedRank(x.length, y.length, level);
    return rank == 0 ? Double.NEGATIVE_INFINITY : new Differences(x, y).smallest(rank);
  }

  /** Upper end, as {@link #shiftLowerBound}. */
  static double shiftUpperBound(double[] x, double[] y, double level) {
    return -shiftLowerBound(y, x, level);
  }

  /** Largest {@code c} for which U is less than {@code c} with at most {@code level}. */
  static long refutedRank(int n, int m, double level) {
    long pairs = (long) n * m;
    if (n + m > EXACT_INTERVAL) {
      double deviation = Math.sqrt(pairs * (n + m + 1.0) / 12);
      double quantile = NormalDistribution.of(0, 1).inverseSurvivalProbability(level);
      return Math.max(0, (long) Math.floor(pairs / 2.0 - quantile * deviation + 0.5));
    }
    var ways = waysToRankSum(n, m);
    double inSum = Arrays.stream(ways).sum();
    double below = 0;
    int c = 0;
    while (c <= pairs && below + ways[c] <= level * inSum) {
      below += ways[c];
      c++;
    }
    return c;
  }

  /** In how many orders of the values U is 0, 1, 2 …, without ties. */
  private static double[] waysToRankSum(int n, int m) {
    var ways = new double[n + 1][n * m + 1];
    ways[0][0] = 1;
    // Each value of x beats between none and m of y; taken as a partition into at most n parts.
    for (int part = 0; part <= m; part++) {
      for (int parts = 1; parts <= n; parts++) {
        for (int u = part; u <= n * m; u++) {
          ways[parts][u] += ways[parts - 1][u - part];
        }
      }
    }
    return ways[n];
  }

  /** All differences of one of x and one of y, without listing them. */
  private static final class Differences {
    private final double[] x;
    private final double[] y;

    Differences(double[] x, double[] y) {
      this.x = x.clone();
      this.y = y.clone();
      Arrays.sort(this.x);
      Arrays.sort(this.y);
    }

    long count() {
      return (long) x.length * y.length;
    }

    /**
     * The difference of this rank, from 1: bisection over all doubles in their order, each step
     * counting along the sorted values.
     */
    double smallest(long rank) {
      long low = ordered(x[0] - y[y.length - 1]);
      long high = ordered(x[x.length - 1] - y[0]);
      while (low < high) {
        long middle = (low & high) + ((low ^ high) >> 1);
        if (countUpTo(fromOrdered(middle)) >= rank) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return fromOrdered(low);
    }

    private long countUpTo(double bound) {
      long count = 0;
      int j = 0;
      for (double one : x) {
        while (j < y.length && one - y[j] > bound) {
          j++;
        }
        count += y.length - j;
      }
      return count;
    }

    /** Doubles as longs of the same order; the two zeros are one. */
    private static long ordered(double value) {
      long bits = Double.doubleToLongBits(value + 0.0);
      return bits >= 0 ? bits : Long.MIN_VALUE - bits;
    }

    private static double fromOrdered(long ordered) {
      return Double.longBitsToDouble(ordered >= 0 ? ordered : Long.MIN_VALUE - ordered);
    }
  }
}
