package io.aviary.gates.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Measurements and verdicts are stored as JSON, and must come back as they were. */
class StorageTest {

  private final JsonMapper json = new JsonMapper();

  @Test
  void looksComeBack() {
    var looks =
        Looks.none()
            .add(1, new Reading.Counts(null, 100), new Reading.Counts(1.5, 99))
            .add(1, new Reading.Values(List.of(0.1, 0.2)), null)
            .add(1, new Reading.NoData(), new Reading.Unavailable("connection refused"))
            .list();
    var text = json.writerFor(new TypeReference<List<Look>>() {}).writeValueAsString(looks);
    assertThat(text).contains("\"kind\":\"counts\"");
    assertThat(json.readValue(text, new TypeReference<List<Look>>() {})).isEqualTo(looks);
  }

  @Test
  void verdictsComeBack() {
    var metric = Metrics.ofCounts().max(0.01).compareWithBaseline().named("errors");
    for (var looks :
        List.of(
            Looks.none(),
            Looks.none().counts(20, 0, 100, 0, 100),
            Looks.none().counts(20, 30, 100, 0, 100))) {
      for (boolean atEnd : new boolean[] {false, true}) {
        var verdict = Judge.judge(metric, looks.list(), new Plan(20, 0.01), atEnd);
        var text = json.writerFor(Verdict.class).writeValueAsString(verdict);
        assertThat(json.readValue(text, Verdict.class)).isEqualTo(verdict);
      }
    }
  }
}
