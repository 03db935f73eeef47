package io.aviary.github;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The outbox: which reports are due. Whoever takes one has it for a while; if they are gone, it is
 * due again.
 */
final class Reports {

  /** Longer than all calls of one report. */
  private static final Duration TAKEN = Duration.ofMinutes(5);

  private final JdbcClient jdbc;

  Reports(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The run has changed. */
  void want(long run, Report.Kind kind, Instant now) {
    // A report that GitHub has refused again and again is not tried at once by each change.
    var known =
        jdbc.sql(
                "UPDATE github_report SET since = CASE WHEN sent < wanted THEN since ELSE ? END,"
                    + " next_at = CASE WHEN sent < wanted THEN next_at ELSE ? END, wanted = wanted"
                    + " + 1 WHERE run_id = ? AND kind = ?")
            .params(utc(now), utc(now), run, kind.name())
            .update();
    if (known == 0) {
      try {
        jdbc.sql(
                "INSERT INTO github_report (run_id, kind, wanted, sent, next_at, since) VALUES (?,"
                    + " ?, 1, 0, ?, ?)")
            .params(run, kind.name(), utc(now), utc(now))
            .update();
      } catch (DuplicateKeyException e) {
        want(run, kind, now);
      }
    }
  }

  List<Report> due(Instant now, int limit) {
    return jdbc.sql(
            "SELECT run_id, kind, wanted, said, remote_id, attempts, since FROM github_report"
                + " WHERE sent < wanted AND next_at <= ? ORDER BY run_id, kind FETCH FIRST "
                + limit
                + " ROWS ONLY")
        .param(utc(now))
        .query(
            (row, n) ->
                new Report(
                    row.getLong("run_id"),
                    Report.Kind.valueOf(row.getString("kind")),
                    row.getLong("wanted"),
                    row.getString("said"),
                    (Long) row.getObject("remote_id"),
                    row.getInt("attempts"),
                    row.getObject("since", OffsetDateTime.class).toInstant()))
        .list();
  }

  /**
   * Puts on record that an attempt begins, before anything is sent.
   *
   * @return false: another server has it, or has had it meanwhile
   */
  boolean take(Report report, Instant now) {
    return jdbc.sql(
                "UPDATE github_report SET next_at = ?, attempts = attempts + 1 WHERE run_id = ? AND"
                    + " kind = ? AND wanted = ? AND attempts = ? AND sent < wanted AND next_at <="
                    + " ?")
            .params(
                utc(now.plus(TAKEN)),
                report.run(),
                report.kind().name(),
                report.wanted(),
                report.attempts(),
                utc(now))
            .update()
        > 0;
  }

  void sent(Report report, @Nullable String said, @Nullable Long remoteId, Instant now) {
    jdbc.sql(
            "UPDATE github_report SET sent = ?, said = ?, remote_id = ?, attempts = 0, next_at = ?,"
                + " problem = NULL WHERE run_id = ? AND kind = ?")
        .params(
            java.util.Arrays.asList(
                report.wanted(), said, remoteId, utc(now), report.run(), report.kind().name()))
        .update();
  }

  /** What GitHub has made already must not be made twice. */
  void remember(Report report, long remoteId) {
    jdbc.sql("UPDATE github_report SET remote_id = ? WHERE run_id = ? AND kind = ?")
        .params(remoteId, report.run(), report.kind().name())
        .update();
  }

  void failed(Report report, String problem, Instant again) {
    jdbc.sql("UPDATE github_report SET next_at = ?, problem = ? WHERE run_id = ? AND kind = ?")
        .params(utc(again), problem, report.run(), report.kind().name())
        .update();
  }

  void givenUp(Report report, String problem) {
    jdbc.sql("UPDATE github_report SET sent = wanted, problem = ? WHERE run_id = ? AND kind = ?")
        .params(problem, report.run(), report.kind().name())
        .update();
  }

  /** GitHub's id of what was made for another run. */
  Optional<Long> remoteId(long run, Report.Kind kind) {
    return jdbc.sql("SELECT remote_id FROM github_report WHERE run_id = ? AND kind = ?")
        .params(run, kind.name())
        .query((row, n) -> Optional.ofNullable((Long) row.getObject("remote_id")))
        .optional()
        .flatMap(found -> found);
  }

  /** What was said last of another run. */
  Optional<String> said(long run, Report.Kind kind) {
    return jdbc.sql(
            "SELECT said FROM github_report WHERE run_id = ? AND kind = ? AND said IS NOT NULL")
        .params(run, kind.name())
        .query(String.class)
        .optional();
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
