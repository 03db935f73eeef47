package io.aviary.gates.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RankSumTest {

  /** Hollander and Wolfe, "Nonparametric Statistical Methods", table 4.1: diffusion of water. */
  private static final double[] AT_TERM = {
    0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46
  };

  private static final double[] EARLIER = {1.15, 0.88, 0.90, 0.74, 1.21};

  @Test
  void theExampleOfHollanderAndWolfeComesOutAsPublished() {
    assertThat(RankSum.higher(AT_TERM, EARLIER)).isEqualTo(0.1272, within(5e-5));
    assertThat(RankSum.shift(AT_TERM, EARLIER)).isEqualTo(0.305, within(1e-12));
    assertThat(RankSum.shiftLowerBound(AT_TERM, EARLIER, 0.025)).isEqualTo(-0.15, within(1e-12));
    assertThat(RankSum.shiftUpperBound(AT_TERM, EARLIER, 0.025)).isEqualTo(0.76, within(1e-12));
  }

  /** Published tables of critical values of U: the largest that is significant, one-sided. */
  @ParameterizedTest
  @CsvSource({
    "5, 5, 0.025, 2",
    "5, 9, 0.025, 7",
    "8, 8, 0.025, 13",
    "10, 10, 0.025, 23",
    "10, 10, 0.005, 16",
    "12, 20, 0.025, 69",
    "15, 18, 0.025, 80",
    "20, 20, 0.025, 127"
  })
  void intervalsEndAtTheCriticalValuesOfThePublishedTables(int n, int m, double level, long u) {
    assertThat(RankSum.refutedRank(n, m, level)).isEqualTo(u + 1);
  }

  @Test
  void theNormalApproximationOfTheInterval() {
    // Beyond the tables; exact: 25 and 25 still, then approximate.
    assertThat(RankSum.refutedRank(25, 25, 0.025)).isEqualTo(212);
    assertThat(RankSum.refutedRank(25, 26, 0.025)).isBetween(219L, 223L);
    assertThat(RankSum.refutedRank(5, 5, 0.001)).isZero();
  }

  @Test
  void probabilitiesAreThoseOfAllArrangements() {
    var random = new SplittableRandom(3);
    for (int i = 0; i < 300; i++) {
      int n = random.nextInt(2, 7);
      int m = random.nextInt(2, 7);
      int values = random.nextBoolean() ? 3 : 1000;
      var x = DoubleStream.generate(() -> random.nextInt(values)).limit(n).toArray();
      var y = DoubleStream.generate(() -> random.nextInt(values)).limit(m).toArray();
      assertThat(RankSum.higher(x, y))
          .as("%s against %s", Arrays.toString(x), Arrays.toString(y))
          .isEqualTo(allArrangements(x, y), within(1e-12));
    }
  }

  /** The definition: of all ways to split the values, those with at least as many wins. */
  private static double allArrangements(double[] x, double[] y) {
    var all = DoubleStream.concat(Arrays.stream(x), Arrays.stream(y)).toArray();
    double observed = wins(x, y);
    int arrangements = 0;
    int atLeast = 0;
    for (int subset = 0; subset < 1 << all.length; subset++) {
      if (Integer.bitCount(subset) == x.length) {
        int chosen = subset;
        var ofX = pick(all, i -> (chosen >> i & 1) == 1);
        var ofY = pick(all, i -> (chosen >> i & 1) == 0);
        arrangements++;
        atLeast += wins(ofX, ofY) >= observed ? 1 : 0;
      }
    }
    return (double) atLeast / arrangements;
  }

  private static double[] pick(double[] all, java.util.function.IntPredicate isIn) {
    return java.util.stream.IntStream.range(0, all.length)
        .filter(isIn)
        .mapToDouble(i -> all[i])
        .toArray();
  }

  private static double wins(double[] x, double[] y) {
    double wins = 0;
    for (double one : x) {
      for (double other : y) {
        wins += one > other ? 1 : one == other ? 0.5 : 0;
      }
    }
    return wins;
  }

  @Test
  void aFewAmongManyZerosAreJudgedExactly() {
    var x = new double[10];
    Arrays.fill(x, 0, 5, 1);
    // All five that are not zero are among the ten: 15 choose 5 of 20 choose 10 arrangements.
    assertThat(RankSum.higher(x, new double[10])).isEqualTo(3003.0 / 184756, within(1e-12));
  }

  @Test
  void equalValuesTellNothing() {
    assertThat(RankSum.higher(new double[8], new double[8])).isOne();
    assertThat(RankSum.higher(new double[80], new double[80])).isOne();
  }

  @Test
  void roundingDoesNotMakeADifference() {
    double[] x = {0.1 + 0.2, 1.1, 2.2, 3.3, 4.4};
    double[] y = {0.3, 1.1000000000000003, 2.2, 3.3000000000000003, 4.4};
    assertThat(RankSum.higher(x, y)).isEqualTo(RankSum.higher(y, x), within(1e-12));
  }

  @Test
  void shiftAndIntervalAreOrderStatisticsOfAllDifferences() {
    var random = new SplittableRandom(4);
    for (int i = 0; i < 500; i++) {
      int n = random.nextInt(1, 30);
      int m = random.nextInt(1, 30);
      double scale = Math.pow(10, random.nextInt(-9, 10));
      var x = DoubleStream.generate(() -> scale * random.nextInt(-20, 20)).limit(n).toArray();
      var y = DoubleStream.generate(() -> scale * random.nextGaussian() * 20).limit(m).toArray();
      var differences =
          Arrays.stream(x)
              .flatMap(one -> Arrays.stream(y).map(other -> one - other))
              .sorted()
              .toArray();
      assertThat(RankSum.shift(x, y)).isEqualTo(SampleSeries.median(differences));
      int rank = (int) RankSum.refutedRank(n, m, 0.05);
      assertThat(RankSum.shiftLowerBound(x, y, 0.05))
          .isEqualTo(rank == 0 ? Double.NEGATIVE_INFINITY : differences[rank - 1]);
      assertThat(RankSum.shiftUpperBound(x, y, 0.05))
          .isEqualTo(rank == 0 ? Double.POSITIVE_INFINITY : differences[n * m - rank]);
    }
  }
}
