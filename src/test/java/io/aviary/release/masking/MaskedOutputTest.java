package io.aviary.release.masking;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What the server writes to its own log. */
@ExtendWith(OutputCaptureExtension.class)
class MaskedOutputTest {

  @Test
  void secretsOfTheConfigurationAreNotInTheLogInAnyForm(CapturedOutput output) {
    try (var server =
        new SpringApplicationBuilder(MaskingConfiguration.class)
            .web(WebApplicationType.NONE)
            .properties(
                "aviary.github.token=ghp_0123456789",
                "aviary.security.tokens[0].value=bearer-of-news",
                "aviary.security.tokens[0].name=newsreader",
                "aviary.applications[0].webhook-secrets[0]=current-one",
                "aviary.applications[0].clone-url=https://bird:feather-light@git.example.com/a.git",
                "aviary.build.registry-secret=registry-credentials",
                "logging.structured.format.console=")
            .run()) {
      var log = LoggerFactory.getLogger(MaskedOutputTest.class);
      log.info("token ghp_0123456789 of {}", "bearer-of-news and newsreader");
      log.warn("fails", new IllegalStateException("for current-one with feather-light"));
      log.info("registry-credentials");
      assertThat(server.getBean(Masking.class).mask("bearer-of-news")).isEqualTo("***");
    }

    assertThat(output)
        .contains("token *** of *** and newsreader")
        .contains("for *** with ***")
        .contains("registry-credentials")
        .doesNotContain("ghp_", "bearer-of", "current-one", "feather-light");
  }
}
