package io.aviary.release.engine;

import io.aviary.release.RunRecord;
import io.aviary.release.RunRecord.Kind;
import io.aviary.release.masking.Masking;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What happened to runs, in order. Only ever added to, in the transaction of what it tells. */
@Component
class Journal {

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Masking masking;

  Journal(JdbcClient jdbc, JsonMapper json, Masking masking) {
    this.jdbc = jdbc;
    this.json = json;
    this.masking = masking;
  }

  void run(Run run, Instant now) {
    add(run.id(), now, null, Kind.RUN, run.status.name(), run.reason, null);
  }

  void step(Step step, Instant now) {
    add(step.run.id(), now, step.name, Kind.STEP, step.status.name(), step.reason, null);
  }

  void note(
      long run,
      Instant now,
      @Nullable String step,
      @Nullable String text,
      @Nullable Object evidence) {
    add(run, now, step, Kind.NOTE, null, text, evidence);
  }

  void person(long run, Instant now, @Nullable String step, String text) {
    add(run, now, step, Kind.PERSON, null, text, null);
  }

  private void add(
      long run,
      Instant now,
      @Nullable String step,
      Kind kind,
      @Nullable String status,
      @Nullable String text,
      @Nullable Object evidence) {
    jdbc.sql(
            "INSERT INTO run_record (run_id, at, step, kind, status, text, evidence) VALUES (?, ?,"
                + " ?, ?, ?, ?, ?)")
        .param(run)
        .param(now.atOffset(ZoneOffset.UTC))
        .param(text(step))
        .param(kind.name())
        .param(text(status))
        .param(text(masking.maskNullable(text)))
        .param(text(evidence == null ? null : json.writeValueAsString(masked(evidence))))
        .update();
  }

  /** With its type: of a value that is missing the driver would be asked for it each time. */
  static SqlParameterValue text(@Nullable String text) {
    return new SqlParameterValue(Types.VARCHAR, text);
  }

  private @Nullable Object masked(Object evidence) {
    return masking.maskIn(json.convertValue(evidence, Object.class));
  }

  /**
   * The newest record is not enough: one with a lower number may be committed after it. So the
   * newest thousand are counted.
   */
  String version() {
    return jdbc.sql(
            "SELECT MAX(id) AS newest, COUNT(*) AS known FROM run_record WHERE id > (SELECT"
                + " COALESCE(MAX(id), 0) - 1000 FROM run_record)")
        .query((row, n) -> row.getLong("newest") + "." + row.getLong("known"))
        .single();
  }

  /** 0: there is none. */
  long newest(long run) {
    return jdbc.sql("SELECT COALESCE(MAX(id), 0) FROM run_record WHERE run_id = ?")
        .param(run)
        .query(Long.class)
        .single();
  }

  List<RunRecord> of(long run, long after) {
    return jdbc.sql(
            "SELECT id, run_id, at, step, kind, status, text, evidence FROM run_record WHERE run_id"
                + " = ? AND id > ? ORDER BY id")
        .params(run, after)
        .query(
            (row, n) -> {
              var evidence = row.getString("evidence");
              return new RunRecord(
                  row.getLong("id"),
                  row.getLong("run_id"),
                  row.getObject("at", OffsetDateTime.class).toInstant(),
                  row.getString("step"),
                  Kind.valueOf(row.getString("kind")),
                  row.getString("status"),
                  row.getString("text"),
                  evidence == null ? null : json.readTree(evidence));
            })
        .list();
  }
}
