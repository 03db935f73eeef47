package io.aviary.release.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.database.InMemory;
import io.aviary.release.masking.Masking;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

class StepLogsTest {

  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  private final EmbeddedDatabase database = open();
  private final StepLogs logs =
      new StepLogs(
          JdbcClient.create(database), new Masking(List.of("correct-horse\nbattery-staple")));

  EmbeddedDatabase open() {
    return InMemory.with("V1__runs.sql", "V6__security.sql");
  }

  @BeforeEach
  void aStep() {
    var jdbc = JdbcClient.create(database);
    jdbc.sql(
            "INSERT INTO run (application, pipeline, status, revision, branch, trigger_kind,"
                + " created_at, plan_version, turn) VALUES ('birds', 'CANARY', 'RUNNING', 'a',"
                + " 'master', 'PUSH', NOW(), 1, 'HELD')")
        .update();
    jdbc.sql(
            "INSERT INTO run_step (run_id, position, name, kind, subject, needs, before_turn, undo,"
                + " status) VALUES (1, 0, 'test', 'gate', '', '', FALSE, FALSE, 'RUNNING')")
        .update();
  }

  @AfterEach
  void away() {
    database.shutdown();
  }

  @Test
  void anEmptyLogHasNoLines() {
    var read = logs.lines(1, 1, 100, false);

    assertThat(read.lines()).isEmpty();
    assertThat(read.total()).isZero();
    assertThat(read.next()).isZero();
    assertThat(read.complete()).isFalse();
  }

  @Test
  void linesAreFoundAcrossChunks() {
    logs.append(1, "one\ntw", NOW);
    logs.append(1, "o\nthree", NOW);

    var all = logs.lines(1, 1, 100, false);
    assertThat(all.lines()).containsExactly("one", "two", "three");
    assertThat(all.open()).isTrue();
    assertThat(all.total()).isEqualTo(3);
    assertThat(all.next()).isEqualTo(13);

    var second = logs.lines(1, 2, 1, true);
    assertThat(second.lines()).containsExactly("two");
    assertThat(second.open()).isFalse();
    assertThat(second.hasNext()).isTrue();
    assertThat(logs.read(1, second.next(), 100, true).text()).isEqualTo("three");
  }

  @Test
  void anEmptyLineAtAChunksBorderIsALine() {
    logs.append(1, "a\n", NOW);
    logs.append(1, "\nb\n", NOW);

    assertThat(logs.lines(1, 1, 100, true).lines()).containsExactly("a", "", "b");
    assertThat(logs.lines(1, 2, 1, true).lines()).containsExactly("");
    assertThat(logs.lines(1, 3, 1, true).lines()).containsExactly("b");
    assertThat(logs.lines(1, 4, 1, true).lines()).isEmpty();
  }

  @Test
  void anyLineOfALongLogIsWhatWasWritten() {
    var written =
        IntStream.rangeClosed(1, 20_000)
            .mapToObj(n -> "line " + n + " " + "🐦".repeat(n % 37))
            .toList();
    for (var from = 0; from < written.size(); from += 700) {
      append(written.subList(from, Math.min(written.size(), from + 700)));
    }

    for (var first : List.of(1L, 2L, 699L, 700L, 701L, 9_999L, 19_999L, 20_000L)) {
      var read = logs.lines(1, first, 3, true);
      assertThat(read.lines())
          .isEqualTo(
              written.subList((int) (first - 1), (int) Math.min(written.size(), first - 1 + 3)));
      assertThat(read.total()).isEqualTo(20_000);
    }
  }

  @Test
  void aTextIsFoundInTheLineThatHasIt() {
    logs.append(1, "one Error\ntw", NOW);
    logs.append(1, "o\nthree er", NOW);
    logs.append(1, "R", NOW);
    logs.append(1, "or\n\nfive ERROR error\nsix", NOW);

    assertThat(logs.find(1, "error", 1)).contains(1L);
    assertThat(logs.find(1, "error", 2)).as("across three chunks").contains(3L);
    assertThat(logs.find(1, "ErRoR", 4)).contains(5L);
    assertThat(logs.find(1, "error", 6)).isEmpty();
    assertThat(logs.find(1, "two", 1)).contains(2L);
    assertThat(logs.find(1, "six", 1)).as("without an end").contains(6L);
    assertThat(logs.find(1, "oo", 1)).as("no match goes over a line's end").isEmpty();
    assertThat(logs.find(1, "one", 99)).isEmpty();
    assertThat(logs.find(2, "one", 1)).isEmpty();
  }

  @Test
  void eachLineOfALongLogIsFoundByWhatItSays() {
    var written =
        IntStream.rangeClosed(1, 20_000)
            .mapToObj(n -> "line <" + n + "> " + "Straße 🐦".repeat(n % 17))
            .toList();
    for (var from = 0; from < written.size(); from += 700) {
      append(written.subList(from, Math.min(written.size(), from + 700)));
    }

    for (var line : List.of(1L, 2L, 699L, 700L, 701L, 12_345L, 19_999L, 20_000L)) {
      assertThat(logs.find(1, "<" + line + ">", 1)).contains(line);
      assertThat(logs.find(1, "<" + line + ">", line)).contains(line);
      assertThat(logs.find(1, "<" + line + ">", line + 1)).isEmpty();
      assertThat(logs.find(1, "LINE", line)).contains(line);
    }
  }

  @Test
  void aLineWithoutEndDoesNotFillThePage() {
    logs.append(1, "x".repeat(3_000_000) + "\nafter\n", NOW);

    var read = logs.lines(1, 1, 10, true);
    assertThat(read.lines()).hasSize(1);
    assertThat(read.lines().getFirst().length()).isLessThan(1_400_000);
    assertThat(read.hasNext()).isTrue();
    assertThat(logs.lines(1, 2, 10, true).lines()).containsExactly("after");
  }

  private void append(List<String> lines) {
    logs.append(1, lines.stream().collect(Collectors.joining("\n", "", "\n")), NOW);
  }

  @Test
  void aSecretIsNeverStoredHoweverItsPartsComeIn() {
    var text = "key: correct-horse\nbattery-staple.\n";
    for (var cut = 1; cut < text.length(); cut++) {
      logs.append(1, text.substring(0, cut), NOW);
      assertThat(stored()).doesNotContain("correct-", "battery-");
      logs.append(1, text.substring(cut), NOW);
    }

    logs.close(1, NOW);

    assertThat(stored()).isEqualTo("key: ***.\n".repeat(text.length() - 1));
  }

  @Test
  void theBeginningOfASecretAtALogsEndIsToldOnlyIfItIsShort() {
    logs.append(1, "a battery-sta", NOW);
    logs.close(1, NOW);
    assertThat(stored()).isEqualTo("a ***");

    logs.append(1, "\nbat", NOW);
    logs.close(1, NOW);
    assertThat(stored()).isEqualTo("a ***\nbat");
  }

  private String stored() {
    return String.join(
        "",
        JdbcClient.create(database)
            .sql("SELECT text FROM step_log ORDER BY offset_chars")
            .query(String.class)
            .list());
  }
}
