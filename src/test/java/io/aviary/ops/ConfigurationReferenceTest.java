package io.aviary.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** docs/configuration.md is what the code says; ConfigurationReference writes it. */
class ConfigurationReferenceTest {

  @Test
  void theReferenceIsUpToDate() throws IOException {
    assertThat(Files.readString(ConfigurationReference.FILE))
        .as("./mvnw -q test-compile exec:exec@configuration writes it anew")
        .isEqualTo(ConfigurationReference.text());
  }
}
