package io.aviary.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FormattingTest {

  @Test
  void sourcesAreFormatted() {
    assertThat(Formatting.unformatted(Path.of("src")))
        .as("files not in google-java-format; ./mvnw -q test-compile exec:exec@format mends them")
        .isEmpty();
  }
}
