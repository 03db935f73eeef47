package io.aviary.release.engine;

import io.aviary.release.Actor;
import io.aviary.release.masking.Masking;
import io.aviary.release.step.StepContext.Decision;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What people decided about gates. */
@Component
class Decisions {

  private final JdbcClient jdbc;
  private final Masking masking;

  Decisions(JdbcClient jdbc, Masking masking) {
    this.jdbc = jdbc;
    this.masking = masking;
  }

  void add(
      long run,
      String step,
      Decision.Verdict verdict,
      Actor actor,
      @Nullable String comment,
      Instant now) {
    jdbc.sql(
            "INSERT INTO decision (run_id, step, verdict, person, address, comment, at) VALUES (?,"
                + " ?, ?, ?, ?, ?, ?)")
        .params(
            Arrays.asList(
                run,
                step,
                verdict.name(),
                actor.name(),
                actor.address(),
                masking.maskNullable(comment),
                now.atOffset(ZoneOffset.UTC)))
        .update();
  }

  List<Decision> of(long run, String step) {
    return jdbc.sql(
            "SELECT verdict, person, at, comment FROM decision WHERE run_id = ? AND step = ? ORDER"
                + " BY id")
        .params(run, step)
        .query(
            (row, n) ->
                new Decision(
                    Decision.Verdict.valueOf(row.getString("verdict")),
                    row.getString("person"),
                    row.getObject("at", OffsetDateTime.class).toInstant(),
                    row.getString("comment")))
        .list();
  }
}
