package io.aviary.release.engine;

import io.aviary.release.Actor;
import io.aviary.release.Freeze;
import io.aviary.release.Freezes;
import io.aviary.release.PipelineName;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.RunStatus;
import io.aviary.release.WeeklySpan;
import io.aviary.release.masking.Masking;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table of freezes, and which runs they hold. */
@Component
@Transactional
class StoredFreezes implements Freezes {

  private static final String EVERYTHING = "*";
  private static final Duration LONGEST = Duration.ofDays(3653);
  private static final TypeReference<List<WeeklySpan>> SPANS = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final InstantSource clock;
  private final Masking masking;

  StoredFreezes(JdbcClient jdbc, JsonMapper json, InstantSource clock, Masking masking) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
    this.masking = masking;
  }

  /**
   * What keeps a run from its start; empty: nothing, or it has started. That is asked at each look
   * at a run and answered without the database, for which reason it begins no transaction.
   */
  @Transactional(readOnly = true, propagation = Propagation.SUPPORTS)
  Optional<Freeze> holding(Run run) {
    if (run.status != RunStatus.QUEUED || run.turn == Run.Turn.HELD || run.ending != null) {
      return Optional.empty();
    }
    return active(run.application).filter(freeze -> !wasLive(run));
  }

  /** A release of what has been in production before. */
  private boolean wasLive(Run run) {
    return run.pipeline == PipelineName.PRODUCTION
        && jdbc.sql(
                    "SELECT COUNT(*) FROM production_release WHERE application = ? AND revision = ?"
                        + " AND live_at IS NOT NULL")
                .params(run.application, run.revision)
                .query(Integer.class)
                .single()
            > 0;
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<Freeze> active(String application) {
    return jdbc
        .sql("SELECT * FROM frozen WHERE application IN (?, ?) ORDER BY application")
        .params(EVERYTHING, application)
        .query((row, n) -> freeze(row))
        .list()
        .stream()
        .filter(Freeze::active)
        .findFirst();
  }

  @Override
  @Transactional(readOnly = true)
  public List<Freeze> all() {
    return jdbc
        .sql("SELECT * FROM frozen ORDER BY application")
        .query((row, n) -> freeze(row))
        .list()
        .stream()
        .filter(freeze -> freeze.active() || freeze.changesAt() != null)
        .toList();
  }

  @Override
  public Freeze set(
      @Nullable String application,
      String reason,
      @Nullable Instant until,
      List<WeeklySpan> weekly,
      Actor actor) {
    var now = clock.instant();
    if (until != null && !until.isAfter(now)) {
      throw new ReleaseRefusedException(
          ReleaseRefusedException.Kind.UNPROCESSABLE,
          "a freeze until " + until + " would be over already");
    }
    if (until != null && until.isAfter(now.plus(LONGEST))) {
      throw new ReleaseRefusedException(
          ReleaseRefusedException.Kind.UNPROCESSABLE,
          "a freeze until "
              + until
              + " is longer than ten years; leave the time out, and it lasts until somebody ends it");
    }
    var key = application == null ? EVERYTHING : application;
    jdbc.sql("DELETE FROM frozen WHERE application = ?").param(key).update();
    jdbc.sql(
            "INSERT INTO frozen (application, reason, frozen_at, frozen_by, until_at, weekly)"
                + " VALUES (:application, :reason, :at, :by, :until, :weekly)")
        .param("application", key)
        .param("reason", masking.mask(reason))
        .param("at", utc(now))
        .param("by", actor.name())
        .param("until", until == null ? null : utc(until), Types.TIMESTAMP_WITH_TIMEZONE)
        .param("weekly", weekly.isEmpty() ? null : json.writeValueAsString(weekly), Types.VARCHAR)
        .update();
    wake(application, now);
    return Freeze.of(application, masking.mask(reason), now, actor.name(), until, weekly, now);
  }

  @Override
  public boolean end(@Nullable String application) {
    var ended =
        jdbc.sql("DELETE FROM frozen WHERE application = ?")
                .param(application == null ? EVERYTHING : application)
                .update()
            > 0;
    wake(application, clock.instant());
    return ended;
  }

  /** Runs that wait look again, and find the reason changed, or none. */
  private void wake(@Nullable String application, Instant now) {
    var where = application == null ? "" : " AND application = :application";
    var update =
        jdbc.sql(
                "UPDATE run SET wake_at = :now, signals = signals + 1 WHERE status = 'QUEUED' AND"
                    + " finished_at IS NULL"
                    + where)
            .param("now", utc(now));
    if (application != null) {
      update = update.param("application", application);
    }
    update.update();
  }

  private Freeze freeze(ResultSet row) throws SQLException {
    var application = row.getString("application");
    var weekly = row.getString("weekly");
    var until = row.getObject("until_at", OffsetDateTime.class);
    return Freeze.of(
        application.equals(EVERYTHING) ? null : application,
        row.getString("reason"),
        row.getObject("frozen_at", OffsetDateTime.class).toInstant(),
        row.getString("frozen_by"),
        until == null ? null : until.toInstant(),
        weekly == null ? List.of() : json.readValue(weekly, SPANS),
        clock.instant());
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
