package io.aviary.release.engine;

import io.aviary.release.RunStatus;
import io.aviary.release.masking.Masking;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Component;

/**
 * What each push asks and writes of runs, by plain SQL: there may be a thousand of them in a
 * second, and by entities this alone would take longer than all the rest of a delivery. Writes
 * belong to the caller's transaction.
 */
@Component
class PushedRuns {

  private static final NamesConverter NAMES = new NamesConverter();

  private final JdbcClient jdbc;
  private final Masking masking;

  PushedRuns(JdbcClient jdbc, Masking masking) {
    this.jdbc = jdbc;
    this.masking = masking;
  }

  /** The newest run of this revision that was rolled back or has succeeded was rolled back. */
  Optional<Long> rolledBack(String application, String revision) {
    return jdbc.sql(
            "SELECT id, status FROM run WHERE application = ? AND revision = ?"
                + " AND status IN ('ROLLED_BACK', 'SUCCEEDED') ORDER BY id DESC FETCH FIRST ROW ONLY")
        .param(application)
        .param(revision)
        .query((row, n) -> new Ended(row.getLong("id"), RunStatus.valueOf(row.getString("status"))))
        .optional()
        .filter(run -> run.status() == RunStatus.ROLLED_BACK)
        .map(Ended::id);
  }

  private record Ended(long id, RunStatus status) {}

  /** Stores a run to which nothing has happened yet, and gives it its id; its steps have none. */
  void insert(Run run) {
    var key = new GeneratedKeyHolder();
    jdbc.sql(
            "INSERT INTO run (application, pipeline, status, revision, branch, message, author, trigger_kind,"
                + " triggered_by, created_at, plan_version, turn, wake_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .param(run.application)
        .param(run.pipeline.name())
        .param(run.status.name())
        .param(run.revision)
        .param(run.branch)
        .param(Journal.text(masking.maskNullable(run.message)))
        .param(Journal.text(run.author))
        .param(run.trigger.name())
        .param(Journal.text(run.triggeredBy))
        .param(utc(run.createdAt))
        .param(run.planVersion)
        .param(run.turn.name())
        .param(utc(Objects.requireNonNull(run.wakeAt)))
        .update(key, "id");
    run.id = Objects.requireNonNull(key.getKey()).longValue();
    run.steps.forEach(this::insert);
  }

  private void insert(Step step) {
    jdbc.sql(
            "INSERT INTO run_step (run_id, position, name, kind, subject, needs, before_turn, undo, opens, closes,"
                + " status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .param(step.run.id())
        .param(step.position)
        .param(step.name)
        .param(step.kind)
        .param(step.subject)
        .param(NAMES.convertToDatabaseColumn(step.needs))
        .param(step.beforeTurn)
        .param(step.undo)
        .param(Journal.text(step.opens))
        .param(Journal.text(step.closes))
        .param(step.status.name())
        .update();
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
