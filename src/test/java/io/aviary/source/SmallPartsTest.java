package io.aviary.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.Placeholders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations, amounts, placeholders, globs and names, each in a table. */
class SmallPartsTest {

  @ParameterizedTest
  @CsvSource({
    "10m, PT10M, 10m",
    "1h30m, PT1H30M, 1h30m",
    "90m, PT1H30M, 1h30m",
    "30s, PT30S, 30s",
    "500ms, PT0.5S, 500ms",
    "2h, PT2H, 2h",
    "1d, PT24H, 24h",
    "1m500ms, PT1M0.5S, 1m500ms",
    "0s, PT0S, 0s"
  })
  void durations(String text, Duration duration, String formatted) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
    assertThat(Durations.format(duration)).isEqualTo(formatted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10",
        "m",
        "10 m",
        "10M",
        "1.5h",
        "-5s",
        "5s1m",
        "5m5m",
        "PT5M",
        "5min",
        "5s ",
        "99999999999999999999s"
      })
  void noDurations(String text) {
    assertThat(Durations.parse(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "1%, 0.01, FRACTION",
    "0.1%, 0.001, FRACTION",
    "100%, 1, FRACTION",
    "500ms, 0.5, SECONDS",
    "2s, 2, SECONDS",
    "250us, 0.00025, SECONDS",
    "1.5 s, 1.5, SECONDS",
    "64KiB, 65536, BYTES",
    "1GiB, 1073741824, BYTES",
    "5MB, 5000000, BYTES",
    "12B, 12, BYTES",
    "3, 3, NONE",
    "-0.5, -0.5, NONE",
    ".5, 0.5, NONE",
    "1e3, 1000, NONE"
  })
  void amounts(String text, double value, String unit) {
    var amount = Amount.parse(text);
    assertThat(amount).isNotNull();
    assertThat(amount.value()).isEqualTo(value);
    assertThat(amount.unit()).hasToString(unit);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%", "1 %%", "5m", "5 apples", "KiB", "1,5s", "0x10", "1kb", "NaN"})
  void noAmounts(String text) {
    assertThat(Amount.parse(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "$REVISION, 2a034bf0c6",
    "v-$SHORT_REVISION-x, v-2a034bf-x",
    "$SHORT_REVISION$RUN, 2a034bf7",
    "$$REVISION, $REVISION",
    "$$$$, $$",
    "$REVISIONS, $REVISIONS",
    "$HOME/${RUN}/$(RUN)/$1, $HOME/${RUN}/$(RUN)/$1",
    "cost: 5$, cost: 5$"
  })
  void placeholders(String text, String replaced) {
    var values = Map.of("REVISION", "2a034bf0c6", "SHORT_REVISION", "2a034bf", "RUN", "7");
    assertThat(Placeholders.replace(text, values)).isEqualTo(replaced);
  }

  @Test
  void aValueIsNotReplacedAgain() {
    assertThat(Placeholders.replace("$BRANCH", Map.of("BRANCH", "$RUN", "RUN", "7")))
        .isEqualTo("$RUN");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$SHORT_REVISON",
        "$REVISONS",
        "$BRACH",
        "$SHORT-REVISION $SHORTREVISION",
        "$RNU",
        "a$RUNS"
      })
  void placeholdersThatAreLikelyMistyped(String text) {
    assertThat(PlaceholderNames.mistake(text, PlaceholderNames.OF_RUNS, false))
        .contains("did you mean $");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$HOME",
        "$REV",
        "$PATH",
        "${REVISON}",
        "$(RUNS)",
        "$$REVISON",
        "$run",
        "$RUN_ID",
        "$1",
        "$?"
      })
  void theShellsOwn(String text) {
    assertThat(PlaceholderNames.mistake(text, PlaceholderNames.OF_RUNS, false)).isNull();
  }

  @Test
  void queriesHaveOnlyTheirOwnPlaceholders() {
    assertThat(
            PlaceholderNames.mistake(
                "up{pod=~\"$PODS\"}[$WINDOW]", PlaceholderNames.OF_QUERIES, true))
        .isNull();
    assertThat(PlaceholderNames.mistake("up{code=~\"5..$\"}", PlaceholderNames.OF_QUERIES, true))
        .isNull();
    assertThat(PlaceholderNames.mistake("$POD", PlaceholderNames.OF_QUERIES, true))
        .isEqualTo("there is no placeholder $POD; did you mean $PODS?");
    assertThat(PlaceholderNames.mistake("$REVISION", PlaceholderNames.OF_QUERIES, true))
        .isEqualTo("there is no placeholder $REVISION; known here are $PODS, $WINDOW");
  }

  @ParameterizedTest
  @CsvSource({"timeuot, timeout", "tset, test", "gate, gates", "manifest, manifests"})
  void theNearestName(String written, String meant) {
    assertThat(Names.nearest(written, List.of("name", "timeout", "test", "gates", "manifests")))
        .isEqualTo(meant);
  }

  @Test
  void noNameIsNear() {
    assertThat(Names.nearest("colour", List.of("name", "timeout", "test"))).isNull();
  }
}
