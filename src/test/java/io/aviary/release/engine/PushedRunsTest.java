package io.aviary.release.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.PipelineName;
import io.aviary.release.RunStatus;
import io.aviary.release.Trigger;
import io.aviary.release.step.Pipelines;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Runs that are stored by plain SQL are as those that are stored as entities. */
@SpringBootTest(
    classes = EngineTest.Server.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:pushed",
      "db-scheduler.enabled=false",
      "aviary.github.token=hunter22-token",
    })
class PushedRunsTest {

  private static final String REVISION = "c".repeat(40);

  @Autowired PushedRuns pushed;
  @Autowired RunRows rows;
  @Autowired Pipelines pipelines;
  @Autowired JdbcClient jdbc;

  @Test
  void itsRowsAreThoseOfTheEntities() {
    var byEntities = run("leaks hunter22-token", "wren", "finch");
    var bySql = run("leaks hunter22-token", "wren", "finch");

    var _ = rows.saveAndFlush(byEntities);
    pushed.insert(bySql);

    assertThat(row(bySql)).isEqualTo(row(byEntities)).containsEntry("MESSAGE", "leaks ***");
    assertThat(steps(bySql)).isEqualTo(steps(byEntities)).hasSize(9);
  }

  @Test
  void whatIsNotKnownIsNull() {
    var byEntities = run(null, null, null);
    var bySql = run(null, null, null);

    var _ = rows.saveAndFlush(byEntities);
    pushed.insert(bySql);

    assertThat(row(bySql)).isEqualTo(row(byEntities)).containsEntry("AUTHOR", null);
  }

  @Test
  void onlyTheNewestOfThoseThatSucceededOrWereRolledBackCounts() {
    ended(RunStatus.ROLLED_BACK);
    var rolledBack = ended(RunStatus.ROLLED_BACK);
    ended(RunStatus.CANCELLED);
    assertThat(pushed.rolledBack("robin", REVISION)).contains(rolledBack);
    assertThat(pushed.rolledBack("robin", "d".repeat(40))).isEmpty();

    ended(RunStatus.SUCCEEDED);
    assertThat(pushed.rolledBack("robin", REVISION)).isEmpty();
  }

  private long ended(RunStatus as) {
    var run = run(null, null, null);
    run.application = "robin";
    run.status = as;
    pushed.insert(run);
    return run.id();
  }

  private Run run(@Nullable String message, @Nullable String author, @Nullable String by) {
    var run =
        new Run(
            "birds",
            PipelineName.CANARY,
            REVISION,
            "master",
            Trigger.PUSH,
            by,
            Instant.parse("2026-11-24T09:00:00.123456Z"));
    run.message = message;
    run.author = author;
    run.addSteps(pipelines.beginning(PipelineName.CANARY));
    return run;
  }

  private Map<String, @Nullable Object> row(Run run) {
    var row = jdbc.sql("SELECT * FROM run WHERE id = ?").param(run.id()).query().singleRow();
    row.remove("ID");
    return row;
  }

  private List<Map<String, @Nullable Object>> steps(Run run) {
    var steps =
        jdbc.sql("SELECT * FROM run_step WHERE run_id = ? ORDER BY position")
            .param(run.id())
            .query()
            .listOfRows();
    steps.forEach(step -> step.keySet().removeAll(List.of("ID", "RUN_ID")));
    return steps;
  }
}
