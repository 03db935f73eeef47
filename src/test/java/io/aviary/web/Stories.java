package io.aviary.web;

import io.aviary.release.PipelineName;
import io.aviary.release.RunChanged;
import io.aviary.release.RunStatus;
import io.aviary.release.StepStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;

/** Writes runs into the database as the engine would have left them. */
public final class Stories {

  private final JdbcClient jdbc;
  private final ApplicationEventPublisher events;

  Stories(JdbcClient jdbc, ApplicationEventPublisher events) {
    this.jdbc = jdbc;
    this.events = events;
  }

  public void forgetAll() {
    jdbc.sql("UPDATE application_turn SET run_id = NULL").update();
    jdbc.sql("DELETE FROM production_release").update();
    jdbc.sql("UPDATE run SET parent_id = NULL, child_id = NULL").update();
    jdbc.sql("DELETE FROM run").update();
  }

  /** A run that began so long ago. */
  public Story run(
      String application, PipelineName pipeline, String revision, String title, Duration ago) {
    return new Story(application, pipeline, revision, title, Instant.now().minus(ago));
  }

  public void live(String application, long run, String revision, Instant since) {
    jdbc.sql(
            "INSERT INTO production_release (application, run_id, revision, images, objects, state, made_at, live_at)"
                + " VALUES (?, ?, ?, '{}', '[]', 'LIVE', ?, ?)")
        .params(application, run, revision, utc(since), utc(since))
        .update();
  }

  public void holdsTurn(String application, long run) {
    jdbc.sql("DELETE FROM application_turn WHERE application = ?").param(application).update();
    jdbc.sql("INSERT INTO application_turn (application, run_id) VALUES (?, ?)")
        .params(application, run)
        .update();
  }

  private static Object utc(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }

  /** One run; each method writes at once. */
  public final class Story {
    private final long id;
    private final String application;
    private Instant now;
    private int position;
    private boolean isSilent;

    private Story(
        String application, PipelineName pipeline, String revision, String title, Instant begin) {
      this.application = application;
      this.now = begin;
      this.id =
          insert(
              "INSERT INTO run (application, pipeline, status, revision, branch, message, author, trigger_kind,"
                  + " created_at, started_at, plan_version, turn) VALUES (?, ?, 'RUNNING', ?, 'master', ?, 'finch',"
                  + " 'PUSH', ?, ?, 1, 'HELD')",
              application,
              pipeline.name(),
              (revision + "0".repeat(40)).substring(0, 40),
              title,
              utc(begin),
              utc(begin));
      record(null, "RUN", "RUNNING", null, null);
    }

    public long id() {
      return id;
    }

    /** A step that took so long. */
    public Story step(String name, String kind, Duration took) {
      return step(name, kind, took, StepStatus.SUCCEEDED, null);
    }

    public Story step(
        String name, String kind, Duration took, StepStatus status, @Nullable String reason) {
      return step(name, kind, took, status, reason, null);
    }

    /** A step as it stands; what is skipped or to come took no time. */
    public Story step(
        String name,
        String kind,
        Duration took,
        StepStatus status,
        @Nullable String reason,
        @Nullable String data) {
      var begun = status != StepStatus.PENDING && status != StepStatus.SKIPPED;
      var started = now;
      if (begun) {
        record(name, "STEP", "RUNNING", null, null);
      }
      now = now.plus(took);
      var ended = status.isFinal() ? utc(now) : null;
      insert(
          "INSERT INTO run_step (run_id, position, name, kind, subject, needs, before_turn, undo, status, reason,"
              + " started_at, finished_at, attempts, data) VALUES (?, ?, ?, ?, '', '', FALSE, ?, ?, ?, ?, ?, 1, ?)",
          id,
          position++,
          name,
          kind,
          kind.startsWith("rollback"),
          status.name(),
          reason,
          begun ? utc(started) : null,
          ended,
          data);
      if (begun && status != StepStatus.RUNNING) {
        record(name, "STEP", status.name(), reason, null);
      }
      return this;
    }

    public Story note(String step, String text, @Nullable String evidence) {
      record(step, "NOTE", null, text, evidence);
      return this;
    }

    public Story person(String text) {
      record(null, "PERSON", null, text, null);
      return this;
    }

    public Story log(String step, String text) {
      var stepId =
          jdbc.sql("SELECT id FROM run_step WHERE run_id = ? AND name = ?")
              .params(id, step)
              .query(Long.class)
              .single();
      var end =
          jdbc.sql(
                  "SELECT COALESCE(SUM(chars), 0) AS chars, COALESCE(SUM(line_ends), 0) AS line_count FROM step_log"
                      + " WHERE step_id = ?")
              .param(stepId)
              .query((row, n) -> new long[] {row.getLong("chars"), row.getLong("line_count")})
              .single();
      jdbc.sql(
              "INSERT INTO step_log (step_id, offset_chars, lines_before, line_ends, chars, text, stored_at)"
                  + " VALUES (?, ?, ?, ?, ?, ?, ?)")
          .params(
              stepId,
              end[0],
              end[1],
              text.chars().filter(c -> c == '\n').count(),
              text.length(),
              text,
              utc(now))
          .update();
      return changed(false);
    }

    public Story become(RunStatus status, @Nullable String reason) {
      jdbc.sql("UPDATE run SET status = ?, reason = ?, finished_at = ? WHERE id = ?")
          .params(Arrays.asList(status.name(), reason, status.isFinal() ? utc(now) : null, id))
          .update();
      record(null, "RUN", status.name(), reason, null);
      return changed(status.isFinal());
    }

    public Story stepBecomes(String name, StepStatus status, @Nullable String reason) {
      jdbc.sql(
              "UPDATE run_step SET status = ?, reason = ?, finished_at = ?, started_at = COALESCE(started_at, ?)"
                  + " WHERE run_id = ? AND name = ?")
          .params(
              Arrays.asList(
                  status.name(),
                  reason,
                  status.isFinal() ? utc(now) : null,
                  status == StepStatus.PENDING || status == StepStatus.SKIPPED ? null : utc(now),
                  id,
                  name))
          .update();
      record(name, "STEP", status.name(), reason, null);
      return changed(false);
    }

    /** What a step remembers, as JSON. */
    public Story outputs(String name, String data) {
      jdbc.sql("UPDATE run_step SET data = ? WHERE run_id = ? AND name = ?")
          .params(data, id, name)
          .update();
      return this;
    }

    /** Time passes. */
    public Story later(Duration time) {
      now = now.plus(time);
      return this;
    }

    public Story linkedTo(Story child) {
      jdbc.sql("UPDATE run SET child_id = ? WHERE id = ?").params(child.id, id).update();
      jdbc.sql("UPDATE run SET parent_id = ? WHERE id = ?").params(id, child.id).update();
      return this;
    }

    /** From now on this server hears nothing of what is written. */
    public Story byAnotherServer() {
      isSilent = true;
      return this;
    }

    private Story changed(boolean isFinal) {
      if (isSilent) {
        return this;
      }
      events.publishEvent(new RunChanged(id, application, isFinal));
      return this;
    }

    private void record(
        @Nullable String step,
        String kind,
        @Nullable String status,
        @Nullable String text,
        @Nullable String evidence) {
      insert(
          "INSERT INTO run_record (run_id, at, step, kind, status, text, evidence) VALUES (?, ?, ?, ?, ?, ?, ?)",
          id,
          utc(now),
          step,
          kind,
          status,
          text,
          evidence);
    }
  }

  private long insert(String sql, @Nullable Object... values) {
    var keys = new GeneratedKeyHolder();
    jdbc.sql(sql).params(Arrays.asList(values)).update(keys, "id");
    return Objects.requireNonNull(keys.getKey()).longValue();
  }
}
