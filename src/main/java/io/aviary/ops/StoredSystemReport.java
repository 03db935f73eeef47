package io.aviary.ops;

import io.aviary.release.RunStatus;
import io.aviary.release.SystemReport;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Looks at the connections in a thread of its own, and only while somebody asks. */
@Component
class StoredSystemReport implements SystemReport {

  private static final Logger log = LoggerFactory.getLogger(StoredSystemReport.class);
  static final Duration FRESH = Duration.ofSeconds(30);
  private static final int MOST_LEASES = 200;

  private final ApplicationContext context;
  private final JdbcClient jdbc;
  private final DataSource database;
  private final ObjectProvider<BuildProperties> build;
  private final InstantSource clock;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile Health health = new Health(null, 0, List.of());

  StoredSystemReport(
      ApplicationContext context,
      JdbcClient jdbc,
      DataSource database,
      ObjectProvider<BuildProperties> build,
      InstantSource clock) {
    this.context = context;
    this.jdbc = jdbc;
    this.database = database;
    this.build = build;
    this.clock = clock;
  }

  @Override
  public Health health() {
    var last = health;
    if ((last.at() == null || last.at().plus(FRESH).isBefore(clock.instant()))
        && looking.compareAndSet(false, true)) {
      var _ = Thread.ofVirtual().name("system-report").start(this::look);
    }
    return last;
  }

  private void look() {
    try {
      var begun = clock.instant();
      var findings = SystemCheck.findings(context);
      var ended = clock.instant();
      health = new Health(ended, Duration.between(begun, ended).toMillis(), findings);
    } catch (RuntimeException e) {
      log.warn("the system could not be looked at: {}", e.getMessage());
    } finally {
      looking.set(false);
    }
  }

  @Override
  public List<Lease> leases() {
    return jdbc.sql(
            "SELECT run.id, run.application, run.status, run.owner, run.lease_until, run.wake_at,"
                + " turn.run_id AS turn_of FROM run LEFT JOIN application_turn turn ON turn.run_id ="
                + " run.id WHERE run.status IN ('QUEUED', 'RUNNING', 'WAITING')"
                + " AND (turn.run_id IS NOT NULL OR run.lease_until > ?) ORDER BY run.id DESC"
                + " FETCH FIRST "
                + MOST_LEASES
                + " ROWS ONLY")
        .param(clock.instant().atOffset(ZoneOffset.UTC))
        .query(
            (row, n) -> {
              var until = time(row.getObject("lease_until", OffsetDateTime.class));
              var isOwned = until != null && until.isAfter(clock.instant());
              return new Lease(
                  row.getLong("id"),
                  row.getString("application"),
                  RunStatus.valueOf(row.getString("status")),
                  isOwned ? row.getString("owner") : null,
                  isOwned ? until : null,
                  time(row.getObject("wake_at", OffsetDateTime.class)),
                  row.getObject("turn_of") != null);
            })
        .list();
  }

  private static @Nullable Instant time(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }

  @Override
  public List<Version> versions() {
    var versions = new ArrayList<Version>();
    var made = build.getIfAvailable();
    versions.add(
        new Version(
            "Aviary", made == null ? "built from source" : String.valueOf(made.getVersion())));
    versions.add(new Version("Java", Runtime.version().toString()));
    versions.add(new Version("Spring Boot", SpringBootVersion.getVersion()));
    try (var connection = database.getConnection()) {
      var about = connection.getMetaData();
      versions.add(
          new Version(
              "Database",
              about.getDatabaseProductName() + " " + about.getDatabaseProductVersion()));
    } catch (SQLException e) {
      versions.add(new Version("Database", "did not answer: " + e.getMessage()));
    }
    versions.add(new Version("Schema", schema()));
    return versions;
  }

  private String schema() {
    try {
      return jdbc.sql(
              "SELECT \"version\" FROM \"flyway_schema_history\" WHERE \"success\" = TRUE AND"
                  + " \"version\" IS NOT NULL ORDER BY \"installed_rank\" DESC FETCH FIRST 1 ROWS"
                  + " ONLY")
          .query(String.class)
          .optional()
          .map(version -> "V" + version)
          .orElse("none");
    } catch (DataAccessException e) {
      return "not known";
    }
  }
}
