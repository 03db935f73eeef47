package io.aviary.release.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.database.InMemory;
import io.aviary.release.RunStatus;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

/** What the system page and the metrics say of the work. */
class WorkloadTest {

  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  private final EmbeddedDatabase database = open();
  private final JdbcClient jdbc = JdbcClient.create(database);

  EmbeddedDatabase open() {
    return InMemory.with("V1__runs.sql");
  }

  @AfterEach
  void away() {
    database.shutdown();
  }

  @Test
  void withoutRunsThereIsNone() {
    var work = work();

    assertThat(work.open()).isEmpty();
    assertThat(work.oldestQueued()).isNull();
    assertThat(work.stuck()).isZero();
    assertThat(work.leased()).isZero();
  }

  @Test
  void openRunsAreCountedByTheirStatus() {
    run(RunStatus.QUEUED, ago(300), null, null);
    run(RunStatus.QUEUED, ago(60), null, null);
    run(RunStatus.RUNNING, ago(60), ago(-10), null);
    run(RunStatus.WAITING, ago(60), null, ago(-3600));
    run(RunStatus.SUCCEEDED, ago(900), null, null);

    var work = work();

    assertThat(work.open(RunStatus.QUEUED)).isEqualTo(2);
    assertThat(work.open(RunStatus.RUNNING)).isEqualTo(1);
    assertThat(work.open(RunStatus.WAITING)).isEqualTo(1);
    assertThat(work.open(RunStatus.SUCCEEDED)).isZero();
    assertThat(work.oldestQueued()).isEqualTo(Duration.ofMinutes(5));
    assertThat(work.leased()).isEqualTo(1);
    assertThat(work.stuck()).isZero();
  }

  @Test
  void whatNobodyWillLookAtIsStuck() {
    run(RunStatus.RUNNING, ago(600), ago(300), null);
    run(RunStatus.RUNNING, ago(600), null, ago(61));
    run(RunStatus.RUNNING, ago(600), ago(-5), ago(61));
    run(RunStatus.RUNNING, ago(600), null, ago(59));
    run(RunStatus.WAITING, ago(600), null, null);

    assertThat(work().stuck()).isEqualTo(2);
  }

  private io.aviary.release.Workload.Snapshot work() {
    return new StoredWorkload(jdbc, () -> NOW).now();
  }

  private static OffsetDateTime ago(long seconds) {
    return NOW.minusSeconds(seconds).atOffset(ZoneOffset.UTC);
  }

  private void run(
      RunStatus status,
      OffsetDateTime created,
      @Nullable OffsetDateTime leased,
      @Nullable OffsetDateTime wakes) {
    jdbc.sql(
            "INSERT INTO run (application, pipeline, status, revision, branch, trigger_kind,"
                + " created_at, plan_version, turn, lease_until, wake_at) VALUES ('birds',"
                + " 'CANARY', :status, 'a', 'master', 'PUSH', :created, 1, 'HELD', :leased, :wakes)")
        .param("status", status.name())
        .param("created", created)
        .param("leased", leased, Types.TIMESTAMP_WITH_TIMEZONE)
        .param("wakes", wakes, Types.TIMESTAMP_WITH_TIMEZONE)
        .update();
  }
}
