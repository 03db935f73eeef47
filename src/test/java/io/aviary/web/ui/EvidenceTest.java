package io.aviary.web.ui;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.web.ui.Evidence.Fact;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class EvidenceTest {

  private static Evidence of(String json) {
    return Evidence.of(JsonMapper.shared().readTree(json));
  }

  @Test
  void aShareIsReadInPerCentAndWithoutWhatThePageSaysElsewhere() {
    var share =
        of(
            """
            {"asked": 10.0, "own": true, "reached": 9.1, "how": "1 of 11 ready endpoints",
             "reachedAt": "2026-11-26T13:48:46.138772Z", "awaySince": null}
            """);

    assertThat(share.facts())
        .containsExactly(
            new Fact("asked", "10 %"),
            new Fact("reached", "9.1 %"),
            new Fact("how", "1 of 11 ready endpoints"));
    assertThat(share.lines()).isEmpty();
  }

  @Test
  void linesAndSentencesAreReadAsTheyAre() {
    assertThat(of("[\"curl: (22) 500\"]").lines()).containsExactly("curl: (22) 500");
    assertThat(of("{\"metrics\": [{\"sentence\": \"errors 0 %\"}]}").lines())
        .containsExactly("errors 0 %");
  }
}
