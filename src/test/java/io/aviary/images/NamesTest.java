package io.aviary.images;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NamesTest {

  @Test
  void namesABuildAfterApplicationRunAndImage() {
    assertThat(Names.build("ornithology", 17, "app", "a"))
        .matches("ornithology-17-build-app-[0-9a-f]{8}")
        .isEqualTo(Names.build("ornithology", 17, "app", "a"))
        .isNotEqualTo(Names.build("ornithology", 17, "app", "b"));
    assertThat(Names.build("An Application, " + "long".repeat(30), 1234567, "webFront_end", "a"))
        .hasSizeLessThanOrEqualTo(63)
        .matches("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
  }

  @Test
  void keepsValidLabelsAndTellsOthersApart() {
    assertThat(Names.slug("ornithology")).isEqualTo("ornithology");
    assertThat(Names.slug("Ornithology")).matches("ornithology-[0-9a-f]{8}");
    assertThat(Names.slug("a b")).isNotEqualTo(Names.slug("a-b")).isNotEqualTo(Names.slug("a_b"));
    assertThat(Names.slug("x".repeat(80))).hasSize(63);
    assertThat(Names.slug("***")).matches("x-[0-9a-f]{8}");
  }
}
