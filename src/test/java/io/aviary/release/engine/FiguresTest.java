package io.aviary.release.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.database.InMemory;
import io.aviary.release.Figures.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

/** The four figures, from what the runs' rows say. */
class FiguresTest {

  private static final LocalDate DAY = LocalDate.of(2026, 11, 24);
  private static final Instant NINE = Instant.parse("2026-11-24T09:00:00Z");

  private final EmbeddedDatabase database = open();
  private final JdbcClient jdbc = JdbcClient.create(database);
  private long next = 1;

  EmbeddedDatabase open() {
    return InMemory.with("V1__runs.sql");
  }

  @AfterEach
  void away() {
    database.shutdown();
  }

  @Test
  void withoutRunsThereIsNothingToTell() {
    var none = figures();

    assertThat(none.deployments()).isZero();
    assertThat(none.failureRate()).isNull();
    assertThat(none.leadTime()).isNull();
    assertThat(none.timeToRestore()).isNull();
    assertThat(none.days()).hasSize(2);
  }

  @Test
  void whatWasDeployedFailedAndRestoredIsCounted() {
    var canary = run("CANARY", "SUCCEEDED", NINE, Duration.ofMinutes(10), null);
    run("PRODUCTION", "SUCCEEDED", NINE.plusSeconds(600), Duration.ofMinutes(2), canary);
    run("CANARY", "ROLLED_BACK", NINE.plusSeconds(1200), Duration.ofMinutes(1), null);
    run("PRODUCTION", "ROLLED_BACK", NINE.plusSeconds(2400), Duration.ofMinutes(1), null);
    run("PRODUCTION", "FAILED", NINE.plusSeconds(2500), Duration.ofMinutes(1), null);
    run("PRODUCTION", "SUCCEEDED", NINE.plusSeconds(2700), Duration.ofMinutes(1), null);
    run("PRODUCTION", "SUCCEEDED", NINE.plus(Duration.ofDays(9)), Duration.ofMinutes(1), null);

    var found = figures();

    assertThat(found.deployments()).isEqualTo(2);
    assertThat(found.failures()).isEqualTo(2);
    assertThat(found.stopped()).isEqualTo(1);
    assertThat(found.failureRate()).isEqualTo(.5);
    assertThat(found.perDay()).isEqualTo(1);
    assertThat(found.leadTime()).isEqualTo(Duration.ofMinutes(12));
    assertThat(found.timeToRestore()).as("from the first failure").isEqualTo(Duration.ofMinutes(5));
    assertThat(found.days().getFirst().deployments()).isEqualTo(2);
    assertThat(found.days().getLast().deployments()).isZero();
  }

  private Delivery figures() {
    return new StoredFigures(jdbc).of("birds", DAY, DAY.plusDays(2), NINE);
  }

  private long run(
      String pipeline,
      String status,
      Instant from,
      Duration took,
      @org.jspecify.annotations.Nullable Long parent) {
    var id = next++;
    jdbc.sql(
            "INSERT INTO run (id, application, pipeline, status, revision, branch, trigger_kind,"
                + " created_at, finished_at, parent_id, plan_version, turn) VALUES (?, 'birds', ?,"
                + " ?, 'a', 'master', 'PUSH', ?, ?, ?, 1, 'HELD')")
        .params(
            java.util.Arrays.asList(
                id,
                pipeline,
                status,
                from.atOffset(ZoneOffset.UTC),
                from.plus(took).atOffset(ZoneOffset.UTC),
                parent))
        .update();
    return id;
  }
}
