package io.aviary.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.RunStatus;
import io.aviary.release.SystemReport.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who works on what, and which versions there are. */
class SystemReportTest {

  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  private final DataSource database = open();
  private final JdbcClient jdbc = JdbcClient.create(database);

  DataSource open() {
    var source = new JdbcDataSource();
    source.setURL("jdbc:h2:mem:report-" + System.nanoTime() + ";DB_CLOSE_DELAY=-1");
    Flyway.configure().dataSource(source).load().migrate();
    return source;
  }

  String product() {
    return "H2";
  }

  @Test
  void runsThatAreWorkedOnAndThoseThatHoldATurnAreThere() {
    var worked = run(RunStatus.RUNNING, "aviary-1", NOW.plusSeconds(20));
    var left = run(RunStatus.RUNNING, "aviary-0", NOW.minusSeconds(1));
    var waiting = run(RunStatus.WAITING, null, null);
    run(RunStatus.QUEUED, null, null);
    var over = run(RunStatus.SUCCEEDED, "aviary-1", NOW.plusSeconds(20));
    turn("birds", waiting);
    turn("songs", over);

    var leases = report().leases();

    assertThat(leases).extracting(it -> it.run()).containsExactly(waiting, worked);
    assertThat(leases.getFirst().turn()).isTrue();
    assertThat(leases.getFirst().owner()).isNull();
    assertThat(leases.getLast().turn()).isFalse();
    assertThat(leases.getLast().owner()).isEqualTo("aviary-1");
    assertThat(leases.getLast().until()).isEqualTo(NOW.plusSeconds(20));
    assertThat(left).isLessThan(waiting);
  }

  @Test
  void databaseAndSchemaAreAmongTheVersions() throws IOException {
    assertThat(report().versions())
        .anyMatch(it -> it.name().equals("Database") && it.version().startsWith(product()))
        .contains(new Version("Schema", "V" + newestMigration()))
        .contains(new Version("Aviary", "built from source"));
  }

  private static int newestMigration() throws IOException {
    try (var files = Files.list(Path.of("src", "main", "resources", "db", "migration"))) {
      return files
          .map(file -> file.getFileName().toString().replaceAll("V(\\d+)__.*", "$1"))
          .mapToInt(Integer::parseInt)
          .max()
          .orElseThrow();
    }
  }

  private StoredSystemReport report() {
    var context = new StaticApplicationContext();
    context.refresh();
    return new StoredSystemReport(
        context, jdbc, database, context.getBeanProvider(BuildProperties.class), () -> NOW);
  }

  private void turn(String application, long run) {
    jdbc.sql("INSERT INTO application_turn (application, run_id) VALUES (?, ?)")
        .params(application, run)
        .update();
  }

  private long run(RunStatus status, @Nullable String owner, @Nullable Instant leased) {
    jdbc.sql(
            "INSERT INTO run (application, pipeline, status, revision, branch, trigger_kind,"
                + " created_at, plan_version, turn, owner, lease_until) VALUES ('birds', 'CANARY',"
                + " :status, 'a', 'master', 'PUSH', :created, 1, 'HELD', :owner, :leased)")
        .param("status", status.name())
        .param("created", utc(NOW))
        .param("owner", owner, Types.VARCHAR)
        .param("leased", leased == null ? null : utc(leased), Types.TIMESTAMP_WITH_TIMEZONE)
        .update();
    return jdbc.sql("SELECT MAX(id) FROM run").query(Long.class).single();
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
