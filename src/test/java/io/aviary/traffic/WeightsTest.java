package io.aviary.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsTest {

  @ParameterizedTest
  @CsvSource({
    "10, 1, 9, 1",
    "25, 1, 3, 1",
    "50, 1, 1, 1",
    "75, 1, 1, 3",
    "25, 100, 3, 100",
    "33.3, 1, 667, 333",
    "0, 1, 1, 0",
    "100, 1, 0, 1",
    "1, 10000, 99, 10000",
  })
  void theSmallestWithExactlyTheShare(double percent, int original, int factor, int canary) {
    assertThat(Weights.of(List.of(original), percent)).contains(new Weights(factor, canary));
  }

  @Test
  void eachShareOfOneDigitIsExact() {
    for (var tenths = 1; tenths < 1000; tenths++) {
      var weights = Weights.of(List.of(1, 3), tenths / 10.0).orElseThrow();
      assertThat(Percent.share(weights.canary(), 4.0 * weights.factor()))
          .isCloseTo(tenths / 10.0, within(1e-6));
    }
  }

  @Test
  void largeWeightsAreMetAsWellAsTheyCanBe() {
    var weights = Weights.of(List.of(999_999, 1), 10).orElseThrow();
    assertThat(weights).isEqualTo(new Weights(1, 111_111));
    assertThat(Weights.of(Collections.nCopies(3, 1_000_000), 50)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10, 9, 1",
    "25, 9, 3",
    "50, 9, 9",
    "75, 9, 9",
    "100, 9, 9",
    "1, 9, 1",
    "30, 9, 4",
    "50, 1, 1",
    "20, 8, 2",
  })
  void aCanaryPodGetsNoMoreThanOneOfProductions(double percent, int production, int pods) {
    assertThat(Capacity.podsFor(percent, production)).isEqualTo(pods);
  }
}
