package io.aviary.gates.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.definition.MetricDefinition.Unit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordingTest {

  @ParameterizedTest
  @CsvSource({
    "0.48, SECONDS, 480 ms",
    "0.0004821, SECONDS, 482 µs",
    "0.9996, SECONDS, 1 s",
    "1.5, SECONDS, 1.5 s",
    "0, SECONDS, 0 s",
    "125.4, SECONDS, 125 s",
    "0.01, FRACTION, 1 %",
    "0.123456, FRACTION, 12.3 %",
    "0.00012, FRACTION, 0.012 %",
    "512, BYTES, 512 B",
    "1536, BYTES, 1.5 KiB",
    "314572800, BYTES, 300 MiB",
    "1610612736, BYTES, 1.5 GiB",
    "1048575, BYTES, 1 MiB",
    "1234, NONE, 1234",
    "0.333333, NONE, 0.333",
    "-2.5, NONE, -2.5",
    "0, NONE, 0",
    "1.5e-7, NONE, 1.5E-7"
  })
  void valuesAreShownInTheirUnit(double value, Unit unit, String shown) {
    assertThat(Wording.value(value, unit)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"1.084, 1.08 ×", "2.285, 2.3 ×", "14.6, 15 ×", "4000, more than 1000 ×"})
  void ratiosAreShownAsExactlyAsTheyMatter(double ratio, String shown) {
    assertThat(Wording.times(ratio)).isEqualTo(shown);
  }

  @Test
  void rangesAreNamedOnlyWhereTheyAreNotTheWhole() {
    assertThat(Wording.looks(0, 20)).isEmpty();
    assertThat(Wording.looks(13, 20)).isEqualTo(" in looks 14 to 20");
  }
}
