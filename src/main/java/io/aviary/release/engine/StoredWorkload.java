package io.aviary.release.engine;

import io.aviary.release.RunStatus;
import io.aviary.release.Workload;
import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The work, counted in the database. */
@Component
class StoredWorkload implements Workload {

  /** A run that has been due for longer has been forgotten by every server. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final String COUNT =
      """
      SELECT status, COUNT(*) AS runs, MIN(created_at) AS oldest,
        SUM(CASE WHEN lease_until > :now THEN 1 ELSE 0 END) AS leased,
        SUM(CASE WHEN (lease_until IS NULL OR lease_until < :now)
          AND (wake_at < :overdue OR (wake_at IS NULL AND status = 'RUNNING')) THEN 1 ELSE 0 END) AS stuck
      FROM run WHERE status IN ('QUEUED', 'RUNNING', 'WAITING') GROUP BY status""";

  private final JdbcClient jdbc;
  private final InstantSource clock;

  StoredWorkload(JdbcClient jdbc, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  private record Row(RunStatus status, long runs, OffsetDateTime oldest, long leased, long stuck) {}

  @Override
  public Snapshot now() {
    var now = clock.instant();
    var rows =
        jdbc.sql(COUNT)
            .param("now", now.atOffset(ZoneOffset.UTC))
            .param("overdue", now.minus(PATIENCE).atOffset(ZoneOffset.UTC))
            .query(
                (row, n) ->
                    new Row(
                        RunStatus.valueOf(row.getString("status")),
                        row.getLong("runs"),
                        row.getObject("oldest", OffsetDateTime.class),
                        row.getLong("leased"),
                        row.getLong("stuck")))
            .list();
    var open = new EnumMap<RunStatus, Long>(RunStatus.class);
    @Nullable Duration oldest = null;
    long stuck = 0;
    long leased = 0;
    for (var row : rows) {
      open.put(row.status(), row.runs());
      stuck += row.stuck();
      leased += row.leased();
      if (row.status() == RunStatus.QUEUED) {
        oldest = Duration.between(row.oldest().toInstant(), now);
      }
    }
    return new Snapshot(open, oldest, stuck, leased);
  }
}
