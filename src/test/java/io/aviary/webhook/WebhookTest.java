package io.aviary.webhook;

import com.github.kagkarlsson.scheduler.testhelper.ManualScheduler;
import com.github.kagkarlsson.scheduler.testhelper.SettableClock;
import io.aviary.release.Deliveries;
import io.aviary.release.Runs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server with these applications: {@code birds} and {@code songs} share a repository and have
 * secrets of their own; {@code nest} and {@code egg} share repository and secret and follow
 * different branches; {@code wing} has paths.
 */
@SpringBootTest(
    classes = TestServer.class,
    properties = {
      "spring.datasource.url=${test.database:jdbc:h2:mem:webhook;WRITE_DELAY=0}",
      "db-scheduler.enabled=false",
      "aviary.applications[0].name=birds",
      "aviary.applications[0].repository=otomato/birds",
      "aviary.applications[0].namespace=birds",
      "aviary.applications[0].webhook-secrets=current,previous",
      "aviary.applications[1].name=songs",
      "aviary.applications[1].repository=Otomato/Birds",
      "aviary.applications[1].namespace=songs",
      "aviary.applications[1].webhook-secrets=of songs",
      "aviary.applications[2].name=nest",
      "aviary.applications[2].repository=otomato/nest",
      "aviary.applications[2].namespace=nest",
      "aviary.applications[2].webhook-secrets=of nest",
      "aviary.applications[3].name=egg",
      "aviary.applications[3].repository=otomato/nest",
      "aviary.applications[3].branch=next",
      "aviary.applications[3].namespace=egg",
      "aviary.applications[3].webhook-secrets=of nest",
      "aviary.applications[4].name=wing",
      "aviary.applications[4].repository=otomato/wing",
      "aviary.applications[4].namespace=wing",
      "aviary.applications[4].webhook-secrets=of wing",
      "aviary.applications[4].paths=services/wing/**",
    })
@AutoConfigureMockMvc
abstract class WebhookTest {

  @Autowired MockMvc mvc;
  @Autowired JdbcClient jdbc;
  @Autowired JsonMapper json;
  @Autowired Runs runs;
  @Autowired Deliveries deliveries;
  @Autowired FakeHistory history;
  @Autowired ManualScheduler scheduler;
  @Autowired SettableClock clock;
  @Autowired MissedPushes missed;

  @BeforeEach
  void freshStart() {
    history.forget();
    for (var table :
        List.of(
            "delivery_verdict",
            "delivery_body",
            "delivery",
            "branch_head",
            "scheduled_tasks",
            "run_record",
            "run_step",
            "run")) {
      jdbc.sql("DELETE FROM " + table).update();
    }
  }

  /** An answer to a request. */
  record Response(int status, @Nullable String type, JsonNode body) {

    String verdict() {
      return body.path("verdict").asString();
    }

    String reason() {
      return body.path("reason").asString();
    }

    JsonNode application(String name) {
      for (var application : body.path("applications")) {
        if (application.path("name").asString().equals(name)) {
          return application;
        }
      }
      throw new AssertionError("no application " + name + " in " + body);
    }

    long run(String name) {
      return application(name).path("run").asLong();
    }
  }

  Response push(String secret, String body) {
    return send(secret, "push", Pushes.id(), body);
  }

  Response send(String secret, String event, String id, String body) {
    return send(Pushes.sign(body, secret), event, id, body.getBytes(StandardCharsets.UTF_8));
  }

  Response send(
      @Nullable String signature, @Nullable String event, @Nullable String id, byte[] body) {
    var request =
        MockMvcRequestBuilders.post("/webhooks/github")
            .contentType(MediaType.APPLICATION_JSON)
            .content(body);
    if (signature != null) {
      request.header("X-Hub-Signature-256", signature);
    }
    if (event != null) {
      request.header("X-GitHub-Event", event);
    }
    if (id != null) {
      request.header("X-GitHub-Delivery", id);
    }
    try {
      var response = mvc.perform(request).andReturn().getResponse();
      return new Response(
          response.getStatus(),
          response.getContentType(),
          json.readTree(response.getContentAsByteArray()));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  long count(String table) {
    return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Long.class).single();
  }

  String head(String application) {
    return jdbc.sql("SELECT head FROM branch_head WHERE application = ?")
        .param(application)
        .query(String.class)
        .single();
  }

  /** What the engine would have made of the run. */
  void runEnds(long run, String status) {
    jdbc.sql("UPDATE run SET status = ?, wake_at = NULL WHERE id = ?")
        .param(status)
        .param(run)
        .update();
  }
}
