package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  private static final String LONG = "a".repeat(200);

  @ParameterizedTest
  @ValueSource(strings = {"ornithology", "Birds_of.Prey-2", "7", "a"})
  void aValidLabelStaysAsItIs(String text) {
    assertThat(Names.label(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "-birds", "birds-", "Vögel", "a/b", "a b", "日本", "-"})
  void anyOtherLabelBecomesAValidOne(String text) {
    assertThat(Names.label(text)).matches("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Birds", "9birds", "-birds", "birds_of_prey", "birds.", "日本"})
  void anyTextBecomesAValidName(String text) {
    assertThat(Names.object(text)).matches("[a-z]([a-z0-9-]{0,61}[a-z0-9])?").isNotEqualTo(text);
  }

  @Test
  void aNameStaysReadable() {
    assertThat(Names.object("ornithology", "12", "testCanary"))
        .matches("ornithology-12-testcanary-[0-9a-f]{8}");
    assertThat(Names.object("ornithology", "12")).isEqualTo("ornithology-12");
  }

  @Test
  void longOnesAreCutAndStayDifferent() {
    assertThat(Names.object(LONG)).hasSize(63).isNotEqualTo(Names.object(LONG + "a"));
    assertThat(Names.label(LONG)).hasSize(63).isNotEqualTo(Names.label(LONG + "a"));
  }

  @Test
  void whatDiffersOnlyInWhatASlugDropsStaysDifferent() {
    assertThat(Names.object("testCanary")).isNotEqualTo(Names.object("testcanary"));
    assertThat(Names.label("a b")).isNotEqualTo(Names.label("a/b"));
  }

  @Test
  void everyObjectOfARunHasThreeLabels() {
    assertThat(Names.labels("ornithology", 12))
        .isEqualTo(
            Map.of(
                "app.kubernetes.io/managed-by", "aviary",
                "aviary.io/application", "ornithology",
                "aviary.io/run", "12"));
  }
}
