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

  /** In place of a step's name: about all that is left of the run. */
  static final String WHOLE_RUN = "";

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
      String subject,
      Instant now) {
    jdbc.sql(
            "INSERT INTO decision (run_id, step, verdict, person, address, comment, subject, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Arrays.asList(
                run,
                step,
                verdict.name(),
                actor.name(),
                actor.address(),
                masking.maskNullable(comment),
                subject,
                now.atOffset(ZoneOffset.UTC)))
        .update();
  }

  /** About the step, or about the whole run. */
  List<Decision> of(long run, String step) {
    return jdbc.sql(
            "SELECT verdict, person, at, comment FROM decision WHERE run_id = ? AND step IN (?, ?) ORDER BY id")
        .params(run, step, WHOLE_RUN)
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
