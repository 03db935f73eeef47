package io.aviary.notify;

import io.aviary.release.RunStatus;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The outbox: what is to be told whom. Whoever takes one has it for a while; if they are gone, it
 * is due again.
 */
final class Notifications {

  /** Longer than one attempt. */
  private static final java.time.Duration TAKEN = java.time.Duration.ofMinutes(2);

  private final JdbcClient jdbc;

  Notifications(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Since when this target is configured; from now on, if it is new. */
  Instant since(String target, Instant now) {
    var known =
        jdbc.sql("SELECT since FROM notification_target WHERE name = ?")
            .param(target)
            .query((row, n) -> row.getObject("since", OffsetDateTime.class).toInstant())
            .optional();
    if (known.isPresent()) {
      return known.get();
    }
    try {
      jdbc.sql("INSERT INTO notification_target (name, since) VALUES (?, ?)")
          .params(target, utc(now))
          .update();
      return now;
    } catch (DuplicateKeyException e) {
      return since(target, now);
    }
  }

  /** Adds it, unless it is known. */
  void add(long run, String target, String occasion, Instant now) {
    var known =
        jdbc.sql(
                "SELECT COUNT(*) FROM notification WHERE run_id = ? AND target = ? AND occasion = ?")
            .params(run, target, occasion)
            .query(Long.class)
            .single();
    if (known > 0) {
      return;
    }
    try {
      jdbc.sql(
              "INSERT INTO notification (run_id, target, occasion, next_at, since) VALUES (?, ?, ?, ?, ?)")
          .params(run, target, occasion, utc(now), utc(now))
          .update();
    } catch (DuplicateKeyException e) {
      // Another server saw the same.
    }
  }

  /** Runs of which something may have to be told: those that wait, and those that ended since. */
  List<Long> candidates(Instant endedSince) {
    return jdbc.sql("SELECT id FROM run WHERE status = ? OR finished_at >= ? ORDER BY id")
        .params(RunStatus.WAITING.name(), utc(endedSince))
        .query((row, n) -> row.getLong("id"))
        .list();
  }

  List<Due> due(Instant now, int limit) {
    return jdbc.sql(
            "SELECT run_id, target, occasion, attempts, since FROM notification"
                + " WHERE done = FALSE AND next_at <= ? ORDER BY since, run_id, target FETCH FIRST "
                + limit
                + " ROWS ONLY")
        .param(utc(now))
        .query(
            (row, n) ->
                new Due(
                    row.getLong("run_id"),
                    row.getString("target"),
                    row.getString("occasion"),
                    row.getInt("attempts"),
                    row.getObject("since", OffsetDateTime.class).toInstant()))
        .list();
  }

  /** False: another server has it. */
  boolean take(Due due, Instant now) {
    return jdbc.sql(
                "UPDATE notification SET next_at = ? WHERE run_id = ? AND target = ? AND occasion ="
                    + " ? AND done = FALSE AND next_at <= ?")
            .params(utc(now.plus(TAKEN)), due.run(), due.target(), due.occasion(), utc(now))
            .update()
        > 0;
  }

  /** It was told, or there is nobody to tell it to any more. */
  void done(Due due) {
    jdbc.sql(
            "UPDATE notification SET done = TRUE, problem = NULL WHERE run_id = ? AND target = ?"
                + " AND occasion = ?")
        .params(due.run(), due.target(), due.occasion())
        .update();
  }

  /**
   * @param givenUp whether it is not tried again
   */
  void failed(Due due, String problem, Instant again, boolean givenUp) {
    jdbc.sql(
            "UPDATE notification SET attempts = attempts + 1, next_at = ?, problem = ?, done = ?"
                + " WHERE run_id = ? AND target = ? AND occasion = ?")
        .params(utc(again), problem, givenUp, due.run(), due.target(), due.occasion())
        .update();
  }

  /** What could not be told, of a target: how many, and why the newest of them. */
  record Trouble(long count, String problem) {}

  java.util.Optional<Trouble> trouble(String target) {
    var problems =
        jdbc.sql(
                "SELECT problem FROM notification WHERE target = ? AND problem IS NOT NULL ORDER BY"
                    + " since DESC FETCH FIRST 1000 ROWS ONLY")
            .param(target)
            .query((row, n) -> row.getString("problem"))
            .list();
    return problems.isEmpty()
        ? java.util.Optional.empty()
        : java.util.Optional.of(new Trouble(problems.size(), problems.getFirst()));
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
