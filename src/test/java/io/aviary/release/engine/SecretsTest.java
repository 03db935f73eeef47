package io.aviary.release.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.Actor;
import io.aviary.release.Applications;
import io.aviary.release.Releases;
import io.aviary.release.Runs;
import io.aviary.release.Trigger;
import io.aviary.release.step.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Whatever a step says, no secret gets into the database where people read. */
@SpringBootTest(
    classes = EngineTest.Server.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:secrets",
      "db-scheduler.enabled=false",
      "aviary.github.token=hunter22-token",
      "aviary.applications[0].name=birds",
      "aviary.applications[0].repository=otomato/birds",
      "aviary.applications[0].namespace=birds",
      "aviary.applications[0].webhook-secrets=s",
    })
class SecretsTest {

  private record Seen(String header, List<String> lines) {}

  @Autowired Engine engine;
  @Autowired Releases releases;
  @Autowired Runs runs;
  @Autowired Applications applications;
  @Autowired ScriptedStep steps;
  @Autowired JdbcClient jdbc;
  @Autowired JsonMapper json;

  @Test
  void noneIsInLogsRecordsReasonsOrOutputs() {
    steps.when(
        "build",
        step -> {
          step.log("with hunter22-");
          step.log("token, aHVudGVyMjItdG9rZW4=\n");
          step.record(
              "sent hunter22-token", new Seen("basic hunter22-token", List.of("hunter22-token")));
          return Outcome.done(new ScriptedStep.Note("made by hunter22-token"));
        });
    steps.when(
        "gate1", step -> Outcome.failed(null, "401 for hunter22-token", List.of("hunter22-token")));
    var run =
        releases.startCanary(
            applications.find("birds").orElseThrow(),
            "a".repeat(40),
            Trigger.PUSH,
            Actor.AVIARY,
            "leaks hunter22-token",
            "finch");

    while (runs.find(run.id()).map(it -> !it.status().isFinal()).orElseThrow()) {
      var _ = engine.advance(run.id());
    }

    var view = runs.find(run.id()).orElseThrow();
    assertThat(view.reason()).isEqualTo("gate1: 401 for ***");
    assertThat(view.message()).isEqualTo("leaks ***");
    assertThat(json.writeValueAsString(view)).doesNotContain("hunter22");
    assertThat(json.writeValueAsString(runs.records(run.id(), 0)))
        .contains("\"header\":\"basic ***\"")
        .doesNotContain("hunter22");
    assertThat(runs.log(run.id(), "build", 0, 1000).orElseThrow().text())
        .isEqualTo("with ***, ***\n");
    assertThat(jdbc.sql("SELECT reason FROM run_step").query(String.class).list())
        .noneMatch(reason -> reason != null && reason.contains("hunter22"));
  }
}
