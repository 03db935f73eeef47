package io.aviary.release.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.RetentionProperties;
import java.time.Duration;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;

class RunRetentionTest {

  private static final Duration YEAR = Duration.ofDays(365);
  private final ManualClock clock = new ManualClock();
  private JdbcClient jdbc;
  private JdbcTransactionManager transactions;
  private long ids;

  DataSource open() {
    var database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:retention-" + System.nanoTime() + ";DB_CLOSE_DELAY=-1");
    Flyway.configure().dataSource(database).load().migrate();
    return database;
  }

  @BeforeEach
  void freshDatabase() {
    var database = open();
    jdbc = JdbcClient.create(database);
    transactions = new JdbcTransactionManager(database);
  }

  @Test
  void whatEndedLongAgoGoesWithItsStepsAndLogs() {
    var old = run("birds", YEAR.plusDays(1));
    var young = run("birds", YEAR.minusDays(1));
    var underWay = run("birds", null);
    log(old);
    log(young);

    assertThat(clear(retention(0, 1000))).isEqualTo(1);

    assertThat(runs()).containsExactly(young, underWay);
    assertThat(count("run_step")).isEqualTo(1);
    assertThat(count("step_log")).isEqualTo(1);
    assertThat(clear(retention(0, 1000))).as("there is nothing left to do").isZero();
  }

  @Test
  void theNewestStayHoweverOldTheyAre() {
    run("birds", YEAR.plusDays(3));
    var second = run("birds", YEAR.plusDays(2));
    var third = run("birds", YEAR.plusDays(1));
    var other = run("warblers", YEAR.plusDays(9));

    clear(retention(2, 1000));

    assertThat(runs()).containsExactly(second, third, other);
  }

  @Test
  void beyondTheMostEvenYoungOnesGo() {
    run("birds", Duration.ofDays(3));
    var second = run("birds", Duration.ofDays(2));
    var third = run("birds", Duration.ofDays(1));

    clear(retention(0, 2));

    assertThat(runs()).containsExactly(second, third);
  }

  @Test
  void whatIsLiveAndWhatItWouldBeUndoneToStays() {
    run("birds", YEAR.plusDays(9));
    var forgotten = run("birds", YEAR.plusDays(8));
    var predecessor = run("birds", YEAR.plusDays(7));
    var live = run("birds", YEAR.plusDays(6));
    run("birds", YEAR.plusDays(5));
    release(forgotten, "OVER");
    release(predecessor, "OVER");
    release(live, "LIVE");

    clear(retention(0, 1000));

    assertThat(runs()).containsExactly(predecessor, live);
    assertThat(count("production_release")).isEqualTo(2);
  }

  @Test
  void whatARunThatStaysRefersToStays() {
    var canary = run("birds", YEAR.plusDays(9));
    var retried = run("birds", YEAR.plusDays(8));
    run("birds", YEAR.plusDays(7));
    var production = run("birds", Duration.ofDays(1));
    set(production, "parent_id", canary);
    set(canary, "child_id", production);
    set(canary, "retry_of", retried);

    clear(retention(0, 1000));

    assertThat(runs()).containsExactly(canary, retried, production);
  }

  @Test
  void thoseThatReferToEachOtherGoTogether() {
    var canary = run("birds", YEAR.plusDays(9));
    var production = run("birds", YEAR.plusDays(9));
    set(production, "parent_id", canary);
    set(canary, "child_id", production);

    assertThat(clear(retention(0, 1000))).isEqualTo(2);

    assertThat(runs()).isEmpty();
  }

  @Test
  void logsGoBeforeTheirRuns() {
    var old = run("birds", Duration.ofDays(91));
    var young = run("birds", Duration.ofDays(89));
    log(old);
    log(young);

    assertThat(new RunRetention.OfLogs(jdbc, retention(0, 1000), clock).clear()).isEqualTo(1);

    assertThat(runs()).containsExactly(old, young);
    assertThat(count("step_log")).isEqualTo(1);
  }

  // ----

  private int clear(RetentionProperties retention) {
    var blocks = new RunBlocks(jdbc, clock, transactions);
    return new RunRetention(jdbc, blocks, retention, clock, transactions).clear();
  }

  private static RetentionProperties retention(int atLeast, int atMost) {
    return new RetentionProperties(
        YEAR, atLeast, atMost, Duration.ofDays(90), Duration.ofDays(90), 1000);
  }

  /**
   * @param ago when it ended; null: it is under way
   */
  private long run(String application, @Nullable Duration ago) {
    var id = ++ids;
    var finished = ago == null ? null : clock.instant().minus(ago).atOffset(ZoneOffset.UTC);
    jdbc.sql(
            "INSERT INTO run (id, application, pipeline, status, revision, branch, trigger_kind, created_at, plan_version, turn, finished_at)"
                + " VALUES (:id, :application, 'CANARY', :status, 'abc', 'master', 'PUSH', :now, 1, 'BEFORE', :finished)")
        .param("id", id)
        .param("application", application)
        .param("status", ago == null ? "RUNNING" : "SUCCEEDED")
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .param("finished", finished, java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
        .update();
    return id;
  }

  private void log(long run) {
    jdbc.sql(
            "INSERT INTO run_step (id, run_id, position, name, kind, subject, needs, before_turn, undo, status) VALUES (?, ?, 0, 'build', 'build', '', '', FALSE, FALSE, 'SUCCEEDED')")
        .param(run)
        .param(run)
        .update();
    jdbc.sql(
            "INSERT INTO step_log (step_id, offset_chars, lines_before, line_ends, chars, text, stored_at) VALUES (?, 0, 0, 1, 2, 'x', ?)")
        .param(run)
        .param(clock.instant().atOffset(ZoneOffset.UTC))
        .update();
  }

  private void release(long run, String state) {
    jdbc.sql(
            "INSERT INTO production_release (application, run_id, images, objects, state, made_at) VALUES ('birds', ?, '{}', '[]', ?, ?)")
        .param(run)
        .param(state)
        .param(clock.instant().atOffset(ZoneOffset.UTC))
        .update();
  }

  private void set(long run, String column, long other) {
    jdbc.sql("UPDATE run SET " + column + " = ? WHERE id = ?").param(other).param(run).update();
  }

  private java.util.List<Long> runs() {
    return jdbc.sql("SELECT id FROM run ORDER BY id").query((row, n) -> row.getLong(1)).list();
  }

  private int count(String table) {
    return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single();
  }
}
