package io.aviary.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceholdersTest {

  private final Placeholders placeholders =
      new Placeholders("0123456789abcdef0123456789abcdef01234567", "feature/a$1", 42);

  @ParameterizedTest
  @CsvSource({
    "$REVISION, 0123456789abcdef0123456789abcdef01234567",
    "v$SHORT_REVISION-$RUN, v0123456-42",
    "$BRANCH, feature/a$1",
    "$$REVISION costs $$5, $REVISION costs $5",
    "$$$RUN, $42",
    "$HOME $RUNS ${RUN} $(RUN) $ $1, $HOME $RUNS ${RUN} $(RUN) $ $1",
    "nothing, nothing"
  })
  void replacesWhatItKnowsAndLeavesTheRest(String text, String expected) {
    assertThat(placeholders.replaceIn(text)).isEqualTo(expected);
  }

  @Test
  void replacesInTheValuesOfAMap() {
    assertThat(placeholders.replaceIn(Map.of("$RUN", "$RUN")))
        .containsExactly(Map.entry("$RUN", "42"));
  }
}
