package io.aviary.gates.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.BinomialTest;
import org.apache.commons.statistics.inference.FisherExactTest;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RatesTest {

  private static final Offset<Double> ROUNDING = within(1e-9);

  /** Values from published tables of Clopper and Pearson's interval, two-sided. */
  @ParameterizedTest
  @CsvSource({
    "0, 10, 0.05, 0, 0.3085",
    "1, 10, 0.05, 0.0025, 0.4450",
    "5, 10, 0.05, 0.1871, 0.8129",
    "10, 10, 0.05, 0.6915, 1",
    "3, 20, 0.05, 0.0321, 0.3789",
    "42, 100, 0.05, 0.3220, 0.5229",
    "12, 30, 0.10, 0.2495, 0.5661",
    "85, 120, 0.01, 0.5904, 0.8092"
  })
  void theIntervalOfARateIsThatOfThePublishedTables(
      long bad, long all, double alpha, double low, double high) {
    assertThat(Rates.lowerBound(bad, all, alpha / 2)).isEqualTo(low, within(5e-5));
    assertThat(Rates.upperBound(bad, all, alpha / 2)).isEqualTo(high, within(5e-5));
  }

  @Test
  void tailsOfARateAreThoseOfTheLibrarysBinomialTest() {
    for (int all = 1; all <= 30; all++) {
      for (int bad = 0; bad <= all; bad++) {
        for (double rate : new double[] {0.001, 0.01, 0.5, 0.99}) {
          var test = BinomialTest.withDefaults();
          var atLeast = test.with(AlternativeHypothesis.GREATER_THAN).test(all, bad, rate);
          var atMost = test.with(AlternativeHypothesis.LESS_THAN).test(all, bad, rate);
          assertThat(Rates.atLeast(bad, all, rate)).isEqualTo(atLeast.getPValue(), ROUNDING);
          assertThat(Rates.atMost(bad, all, rate)).isEqualTo(atMost.getPValue(), ROUNDING);
        }
      }
    }
  }

  @Test
  void aLimitOfZeroAllowsNone() {
    assertThat(Rates.atLeast(1, 1_000_000, 0)).isZero();
    assertThat(Rates.atLeast(0, 1_000_000, 0)).isOne();
    assertThat(Rates.atMost(9, 10, 1)).isZero();
    assertThat(Rates.atMost(10, 10, 1)).isOne();
  }

  @Test
  void moreRequestsThanAnIntCanHoldAreCounted() {
    long all = 5_000_000_000L;
    assertThat(Rates.atLeast(50_000_000L, all, 0.01)).isEqualTo(0.5, within(0.001));
    assertThat(Rates.atLeast(50_100_000L, all, 0.01)).isLessThan(1e-20);
    assertThat(Rates.higher(50_000_000L, all, 50_000_000L, all, 1)).isEqualTo(0.5, within(0.001));
  }

  /** Fisher's own examples: the tea, and the convictions of twins. */
  @Test
  void withoutAMarginTheComparisonIsFishersExactTest() {
    assertThat(Rates.higher(3, 4, 1, 4, 1)).isEqualTo(0.2429, within(5e-5));
    assertThat(Rates.lower(2, 17, 10, 13, 1)).isEqualTo(4.652e-4, within(5e-8));
  }

  @Test
  void withoutAMarginTheComparisonIsTheLibrarysFisherTest() {
    var random = new SplittableRandom(1);
    var library = FisherExactTest.withDefaults();
    for (int i = 0; i < 2000; i++) {
      int all = random.nextInt(1, 400);
      int otherAll = random.nextInt(1, 400);
      int bad = random.nextInt(all + 1) / random.nextInt(1, 20);
      int otherBad = random.nextInt(otherAll + 1) / random.nextInt(1, 20);
      int[][] table = {{bad, all - bad}, {otherBad, otherAll - otherBad}};
      assertThat(Rates.higher(bad, all, otherBad, otherAll, 1))
          .isEqualTo(
              library.with(AlternativeHypothesis.GREATER_THAN).test(table).getPValue(), ROUNDING);
      assertThat(Rates.lower(bad, all, otherBad, otherAll, 1))
          .isEqualTo(
              library.with(AlternativeHypothesis.LESS_THAN).test(table).getPValue(), ROUNDING);
    }
  }

  /** The definition of the noncentral hypergeometric distribution, in exact arithmetic. */
  @Test
  void theComparisonWithAMarginIsThatOfTheDefinition() {
    var random = new SplittableRandom(2);
    for (int i = 0; i < 100; i++) {
      int all = random.nextInt(1, 40);
      int otherAll = random.nextInt(1, 40);
      int bad = random.nextInt(all + 1);
      int otherBad = random.nextInt(otherAll + 1);
      double ratio = random.nextDouble(0.5, 2);
      double odds = oddsByGrid(bad, all, otherBad, otherAll, ratio);
      boolean hasMargins = odds > 1e-9 && odds < Double.POSITIVE_INFINITY;
      double expected =
          hasMargins
              ? brute(bad, all, otherBad, otherAll, odds)
              : odds > 1 || bad <= bad + otherBad - otherAll ? 1 : 0;
      assertThat(Rates.higher(bad, all, otherBad, otherAll, ratio))
          .as("%d of %d, %d of %d, ratio %s", bad, all, otherBad, otherAll, ratio)
          .isEqualTo(expected, within(1e-3));
    }
  }

  /** The likelihood maximised by trying all rates, in place of the quadratic equation. */
  private static double oddsByGrid(int bad, int all, int otherBad, int otherAll, double ratio) {
    double best = Double.NEGATIVE_INFINITY;
    double bestRate = 0;
    double highest = Math.min(1, 1 / ratio);
    for (int step = 0; step <= 20_000; step++) {
      double rate = highest * step / 20_000;
      double likelihood =
          log(bad, ratio * rate)
              + log(all - bad, 1 - ratio * rate)
              + log(otherBad, rate)
              + log(otherAll - otherBad, 1 - rate);
      if (likelihood > best) {
        best = likelihood;
        bestRate = rate;
      }
    }
    double canaryRate = ratio * bestRate;
    return canaryRate >= 1 - 1e-9
        ? Double.POSITIVE_INFINITY
        : ratio * (1 - bestRate) / (1 - canaryRate);
  }

  private static double log(int times, double probability) {
    return times == 0 ? 0 : times * Math.log(Math.max(0, probability));
  }

  private static double brute(int bad, int all, int otherBad, int otherAll, double odds) {
    int inSum = bad + otherBad;
    var inTail = BigDecimal.ZERO;
    var total = BigDecimal.ZERO;
    for (int x = Math.max(0, inSum - otherAll); x <= Math.min(all, inSum); x++) {
      var weight =
          new BigDecimal(choose(all, x).multiply(choose(otherAll, inSum - x)))
              .multiply(BigDecimal.valueOf(odds).pow(x, MathContext.DECIMAL64));
      total = total.add(weight);
      inTail = x >= bad ? inTail.add(weight) : inTail;
    }
    return inTail.divide(total, MathContext.DECIMAL64).doubleValue();
  }

  private static BigInteger choose(int n, int k) {
    var result = BigInteger.ONE;
    for (int i = 1; i <= k; i++) {
      result = result.multiply(BigInteger.valueOf(n - k + i)).divide(BigInteger.valueOf(i));
    }
    return result;
  }

  @Test
  void theIntervalOfARatioBelongsToTheTest() {
    double level = 0.001;
    double low = Rates.ratioLowerBound(60, 300, 5, 300, level);
    double high = Rates.ratioUpperBound(60, 300, 5, 300, level);
    assertThat(low).isBetween(3.0, 6.0);
    assertThat(high).isBetween(30.0, 120.0);
    assertThat(Rates.higher(60, 300, 5, 300, low * 0.99)).isLessThan(level);
    assertThat(Rates.higher(60, 300, 5, 300, low * 1.01)).isGreaterThan(level);
    assertThat(Rates.lower(60, 300, 5, 300, high * 1.01)).isLessThan(level);
    assertThat(Rates.lower(60, 300, 5, 300, high * 0.99)).isGreaterThan(level);
  }

  @Test
  void theIntervalOfARatioIsOpenWhereOneHasNone() {
    assertThat(Rates.ratioUpperBound(3, 100, 0, 100, 0.01)).isInfinite();
    assertThat(Rates.ratioLowerBound(0, 100, 3, 100, 0.01)).isZero();
    assertThat(Rates.ratioUpperBound(100, 100, 1, 100, 0.01)).isGreaterThan(100.0);
  }
}
