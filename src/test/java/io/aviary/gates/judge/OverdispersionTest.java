package io.aviary.gates.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverdispersionTest {

  private static double[] constant(int n, double value) {
    var values = new double[n];
    Arrays.fill(values, value);
    return values;
  }

  /** Mean of many estimates. */
  private static double mean(int times, DoubleSupplier estimate) {
    return DoubleStream.generate(estimate).limit(times).average().orElseThrow();
  }

  /** χ² by hand: rate 0.1, expected 10 each, (0² + 10² + 10² + 5² + 5²) / (10 · 0.9) / 4. */
  @Test
  void ofCountsIsChiSquareByDegreesOfFreedom() {
    double[] bad = {10, 20, 0, 15, 5};
    assertThat(Overdispersion.ofCounts(bad, constant(5, 100)))
        .isEqualTo(250.0 / 9 / 4, within(1e-12));
  }

  @Test
  void ofTwoGroupsIsAroundEachOnesRate() {
    var all = constant(5, 100);
    assertThat(Overdispersion.ofCounts(constant(5, 30), all, constant(5, 1), all)).isOne();
    double[] restless = {10, 20, 0, 15, 5};
    assertThat(Overdispersion.ofCounts(constant(5, 30), all, restless, all))
        .isEqualTo(250.0 / 9 / 8, within(1e-12));
  }

  @Test
  void ofFewLooksOrOfNoneBadIsUnknown() {
    assertThat(Overdispersion.ofCounts(constant(4, 1), constant(4, 100))).isEqualTo(2);
    assertThat(Overdispersion.ofCounts(constant(9, 0), constant(9, 100))).isEqualTo(2);
    double[] all = {100, 100, 100, 100, 0, 0, 0};
    assertThat(Overdispersion.ofCounts(new double[] {1, 1, 1, 1, 0, 0, 0}, all)).isEqualTo(2);
  }

  /** The true factor of a long series is (1 + memory) / (1 − memory). */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3, 0.6})
  void ofSamplesThatRememberIsThatOfTheirMemory(double memory) {
    var random = new SplittableRandom(5);
    double estimated =
        mean(
            200,
            () ->
                Overdispersion.ofSamples(
                    remembering(300, memory, random), remembering(300, memory, random)));
    assertThat(estimated).isEqualTo((1 + memory) / (1 - memory), within(0.15 + memory));
  }

  private static double[] remembering(int n, double memory, SplittableRandom random) {
    var population = Population.autocorrelated(1, 0.1, memory);
    return IntStream.range(0, n)
        .mapToDouble(
            look -> ((Reading.Values) population.reading(look, random)).values().getFirst())
        .toArray();
  }

  @Test
  void whatDriftsInBothAlikeIsNoMemory() {
    var random = new SplittableRandom(6);
    double[] canary = DoubleStream.iterate(0, x -> x + 1).limit(40).toArray();
    double[] other = Arrays.stream(canary).map(x -> x + random.nextGaussian()).toArray();
    assertThat(Overdispersion.ofSamples(canary, other)).isLessThan(2);
  }

  @Test
  void aSteadyRiseIsNoExcuseAtALimit() {
    var random = new SplittableRandom(7);
    double[] leak =
        IntStream.range(0, 40).mapToDouble(i -> 10 + i + random.nextGaussian()).toArray();
    assertThat(Overdispersion.ofSamples(leak, sample -> sample > 0)).isLessThan(2);
  }

  /** What isFarBeyond gives away: nearly nothing even of samples that hardly forget. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.8, 0.95})
  void alikeSamplesAreSeldomFarBeyondEachOther(double memory) {
    var random = new SplittableRandom(8);
    long far =
        IntStream.range(0, 20_000)
            .filter(
                _ ->
                    Overdispersion.isFarBeyond(
                        remembering(10, memory, random), remembering(10, memory, random)))
            .count();
    assertThat(far).isLessThanOrEqualTo(4);
  }

  @Test
  void constantsRememberNothing() {
    assertThat(Overdispersion.ofSamples(constant(9, 1), constant(9, 1))).isOne();
    assertThat(Overdispersion.ofSamples(constant(9, 1), sample -> sample > 0)).isOne();
  }

  @Test
  void aWeakenedProbabilityIsThatOfASmallerDeviation() {
    // 1.96 standard deviations, if the variance is four times as great, are 0.98.
    assertThat(Overdispersion.weaken(0.025, 4)).isEqualTo(0.1635, within(1e-4));
    assertThat(Overdispersion.weaken(0.7, 4)).isEqualTo(0.7);
    assertThat(Overdispersion.weaken(0, 4)).isZero();
    assertThat(Overdispersion.weaken(Overdispersion.strengthen(0.001, 3), 3))
        .isEqualTo(0.001, within(1e-12));
  }
}
