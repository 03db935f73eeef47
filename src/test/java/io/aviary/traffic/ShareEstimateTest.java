package io.aviary.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareEstimateTest {

  /** Closed forms: with no success (α/2)^(1/n), with only successes its mirror. */
  @ParameterizedTest
  @CsvSource({"1", "10", "100", "5000"})
  void withoutAnyRequestOfOneSideTheLimitIsKnown(long all) {
    var limit = 100 * (1 - Math.pow(0.005, 1.0 / all));

    var none = ShareEstimate.of(0, all);
    assertThat(none.low()).isZero();
    assertThat(none.high()).isCloseTo(limit, within(1e-9));

    var every = ShareEstimate.of(all, all);
    assertThat(every.high()).isEqualTo(100);
    assertThat(every.low()).isCloseTo(100 - limit, within(1e-9));
  }

  /** By its definition: at each limit the tail of the binomial distribution is 0.5 %. */
  @ParameterizedTest
  @CsvSource({"1, 10", "5, 10", "50, 500", "99, 1000", "3, 7", "700, 1000"})
  void theTailsAtTheLimitsAreHalfAPerCent(int canary, int all) {
    var estimate = ShareEstimate.of(canary, all);
    assertThat(1 - atMost(canary - 1, all, estimate.low() / 100)).isCloseTo(0.005, within(1e-9));
    assertThat(atMost(canary, all, estimate.high() / 100)).isCloseTo(0.005, within(1e-9));
    assertThat(estimate.share()).isEqualTo(100.0 * canary / all);
  }

  /** The binomial distribution's sum, term by term. */
  private static double atMost(int successes, int n, double p) {
    var precision = new MathContext(40);
    var probability = new BigDecimal(p);
    var other = BigDecimal.ONE.subtract(probability);
    var choose = BigDecimal.ONE;
    var sum = BigDecimal.ZERO;
    for (var k = 0; k <= successes; k++) {
      sum =
          sum.add(
              choose
                  .multiply(probability.pow(k, precision), precision)
                  .multiply(other.pow(n - k, precision), precision));
      choose =
          choose.multiply(BigDecimal.valueOf(n - k)).divide(BigDecimal.valueOf(k + 1), precision);
    }
    return sum.doubleValue();
  }

  @Test
  void onlyAWholeIntervalOutsideTheToleranceIsAway() {
    // 99 % intervals: 16 of 100 is 7.8 … 27.2 %, 160 of 1000 is 13.1 … 19.2 %, 1600 of 10000 15.1 …
    // 17.0 %
    assertThat(ShareEstimate.of(16, 100).isAwayFrom(10, 5)).isFalse();
    assertThat(ShareEstimate.of(160, 1000).isAwayFrom(10, 5)).isFalse();
    assertThat(ShareEstimate.of(1600, 10000).isAwayFrom(10, 5)).isTrue();
    assertThat(ShareEstimate.of(0, 500).isAwayFrom(10, 5)).isTrue();
    assertThat(ShareEstimate.of(0, 20).isAwayFrom(10, 5)).isFalse();
  }

  @Test
  void manyRequestsMakeItNarrow() {
    var estimate = ShareEstimate.of(10_000_000_000L, 100_000_000_000L);
    // As the normal distribution has it: 2.576 · √(0.1 · 0.9 / n)
    assertThat(estimate.low()).isCloseTo(10 - 0.000244, within(1e-5));
    assertThat(estimate.high()).isCloseTo(10 + 0.000244, within(1e-5));
  }

  @Test
  void noRequestsSayNothing() {
    assertThat(ShareEstimate.of(0, 0)).isEqualTo(new ShareEstimate(0, 0, 100));
    assertThat(ShareEstimate.of(0, 0).isAwayFrom(10, 5)).isFalse();
  }

  @Test
  void countsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> ShareEstimate.of(3, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ShareEstimate.of(-1, 2)).isInstanceOf(IllegalArgumentException.class);
  }
}
