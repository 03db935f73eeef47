package io.aviary.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.AviaryProperties;
import io.aviary.release.CodefreshImport;
import io.aviary.release.HmacSha256;
import io.aviary.release.Judgements;
import io.aviary.release.Proposals;
import io.aviary.release.RepositoryHistory;
import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditFilter;
import io.aviary.release.engine.EngineDoor;
import io.aviary.release.step.OneStep;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.Pipelines;
import io.aviary.release.step.StepBean;
import io.aviary.web.Requests;
import java.io.UnsupportedEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Freezing over HTTP, with the webhook in front and the engine behind it, which this test's thread
 * drives while time stands still. It begins on a Tuesday.
 */
@SpringBootTest(
    classes = FreezeApiTest.Server.class,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:freeze-api",
      "aviary.security.tokens[0].name=reader",
      "aviary.security.tokens[0].role=viewer",
      "aviary.security.tokens[0].value=viewer-token",
      "aviary.security.tokens[1].name=ci",
      "aviary.security.tokens[1].role=operator",
      "aviary.security.tokens[1].value=operator-token",
      "aviary.applications[0].name=birds",
      "aviary.applications[0].repository=otomato/birds",
      "aviary.applications[0].namespace=birds",
      "aviary.applications[0].webhook-secrets=between us",
      "aviary.applications[1].name=nest",
      "aviary.applications[1].repository=otomato/nest",
      "aviary.applications[1].namespace=nest",
      "aviary.applications[1].webhook-secrets=between us",
    })
@AutoConfigureMockMvc
class FreezeApiTest {

  private static final Instant TUESDAY = Instant.parse("2026-11-24T09:00:00Z");
  private static final String BIRDS = "/api/applications/birds/freeze";

  /** REST, the webhook and the engine; neither pages nor a cluster. */
  @EnableAutoConfiguration
  @AutoConfigurationPackage(basePackages = "io.aviary")
  @EnableConfigurationProperties(AviaryProperties.class)
  @ConfigurationPropertiesScan("io.aviary.webhook")
  @Import(EngineDoor.class)
  @ComponentScan(
      basePackages = {
        "io.aviary.release",
        "io.aviary.web.api",
        "io.aviary.web.security",
        "io.aviary.webhook"
      },
      excludeFilters =
          @ComponentScan.Filter(
              type = FilterType.REGEX,
              pattern = ".*\\.engine\\.Dispatcher|.*Test(\\$.*)?"))
  static class Server {

    @Bean
    @Primary
    StandingClock standingClock() {
      return new StandingClock();
    }

    @Bean
    Pipelines pipelines() {
      return OneStep.pipelines();
    }

    @Bean
    StepBean<OneStep.Nothing> readSource() {
      return OneStep.thatEnds(Outcome.done(new OneStep.Nothing()));
    }

    @Bean
    RepositoryHistory history() {
      return new RepositoryHistory() {
        @Override
        public String head(ApplicationProperties application) {
          throw new IllegalStateException("nobody is to ask");
        }

        @Override
        public String resolve(ApplicationProperties application, String revision) {
          return revision;
        }

        @Override
        public Set<String> changedPaths(
            ApplicationProperties application, String before, String after) {
          return Set.of();
        }
      };
    }

    @Bean
    CodefreshImport codefresh() {
      return (canary, production) -> new CodefreshImport.Converted(null, false, List.of());
    }

    @Bean
    Proposals proposals() {
      return application -> {
        throw new IllegalStateException("nobody is to ask");
      };
    }

    @Bean
    Judgements judgements() {
      return (run, gates) -> List.of();
    }
  }

  static final class StandingClock implements InstantSource {
    private volatile Instant now = TUESDAY;

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  @Autowired MockMvcTester http;
  @Autowired EngineDoor engine;
  @Autowired StandingClock clock;
  @Autowired Audit audit;
  @Autowired JdbcClient jdbc;
  @Autowired JsonMapper json;

  /** Commits of the whole class, since a branch's head is remembered. */
  private static int pushes;

  @BeforeEach
  void nothingYet() throws InterruptedException {
    clock.now = TUESDAY;
    jdbc.sql("DELETE FROM frozen").update();
    jdbc.sql("DELETE FROM audit").update();
    jdbc.sql("UPDATE application_turn SET run_id = NULL").update();
    jdbc.sql("DELETE FROM production_release").update();
    jdbc.sql("DELETE FROM delivery").update();
    jdbc.sql("DELETE FROM run").update();
    engine.ready(Duration.ZERO);
  }

  // ---- freezing

  @Test
  void anApplicationIsFrozenWithAReasonUntilATime() throws Exception {
    var set = put(BIRDS, "{\"reason\": \"the fair\", \"until\": \"2026-11-24T10:00:00Z\"}");

    assertThat(set).hasStatusOk();
    assertThat(json(set))
        .isEqualTo(
            json.readTree(
                """
                {"application": "birds", "reason": "the fair", "since": "2026-11-24T09:00:00Z", "by": "ci",
                 "until": "2026-11-24T10:00:00Z", "weekly": [], "active": true, "changesAt": "2026-11-24T10:00:00Z"}
                """));
    assertThat(json(get("/api/freeze"))).containsExactly(json(set));

    var run = pushed("birds");
    assertThat(reason(run)).isEqualTo("birds is frozen by ci until 2026-11-24T10:00:00Z: the fair");
    assertThat(status(pushed("nest"))).as("another application's").isEqualTo("SUCCEEDED");

    clock.now = TUESDAY.plus(Duration.ofHours(1));
    goOn();
    assertThat(status(run)).isEqualTo("SUCCEEDED");
    assertThat(json(get("/api/freeze"))).isEmpty();
  }

  @Test
  void aPushIsAcceptedAndRecordedWhileItWaits() throws Exception {
    put(BIRDS, "{\"reason\": \"the fair\"}");

    var answer = push("birds");

    assertThat(answer).hasStatus(202);
    assertThat(json(answer).get("verdict").stringValue()).isEqualTo("ACCEPTED");
    assertThat(json(answer).at("/applications/0/run").isNumber()).isTrue();
    goOn();
    assertThat(status(run(answer))).isEqualTo("QUEUED");
  }

  @Test
  void liftingItStartsWhatWaits() throws Exception {
    put(BIRDS, "{\"reason\": \"the fair\"}");
    var first = pushed("birds");
    assertThat(status(first)).isEqualTo("QUEUED");

    assertThat(delete(BIRDS)).hasStatus(204);
    goOn();

    assertThat(status(first)).isEqualTo("SUCCEEDED");
    assertThat(json(get("/api/runs/" + first)).get("reason").isNull()).isTrue();
    assertThat(delete(BIRDS))
        .hasStatus(404)
        .bodyJson()
        .extractingPath("detail")
        .isEqualTo("birds is not frozen");
  }

  @Test
  void everythingIsFrozenUntilEverythingIsThawed() throws Exception {
    assertThat(put("/api/freeze", "{\"reason\": \"an audit\"}")).hasStatusOk();
    var ofBirds = pushed("birds");
    var ofNest = pushed("nest");

    assertThat(delete(BIRDS)).hasStatus(404);
    goOn();
    assertThat(reason(ofBirds)).isEqualTo("everything is frozen by ci: an audit");
    assertThat(status(ofNest)).isEqualTo("QUEUED");

    assertThat(delete("/api/freeze")).hasStatus(204);
    goOn();
    assertThat(status(ofBirds)).isEqualTo("SUCCEEDED");
    assertThat(status(ofNest)).isEqualTo("SUCCEEDED");
    assertThat(delete("/api/freeze"))
        .hasStatus(404)
        .bodyJson()
        .extractingPath("detail")
        .isEqualTo("everything is not frozen");
  }

  @Test
  void anApplicationsOwnFreezeOutlastsThatOfEverything() throws Exception {
    put("/api/freeze", "{\"reason\": \"an audit\"}");
    put(BIRDS, "{\"reason\": \"the fair\"}");
    var run = pushed("birds");

    delete("/api/freeze");
    goOn();

    assertThat(reason(run)).isEqualTo("birds is frozen by ci: the fair");
  }

  @Test
  void weekendsAreFrozenByASchedule() throws Exception {
    var set =
        put(
            BIRDS,
            """
            {"reason": "nobody is there",
             "weekly": [{"from": "FRI 16:00", "to": "MON 08:00", "zone": "Europe/Berlin"}]}
            """);
    assertThat(json(set).get("active").booleanValue()).isFalse();
    assertThat(json(set).get("changesAt").stringValue()).isEqualTo("2026-11-27T15:00:00Z");
    assertThat(status(pushed("birds"))).as("on a Tuesday").isEqualTo("SUCCEEDED");

    clock.now = Instant.parse("2026-11-28T12:00:00Z");
    assertThat(json(get("/api/freeze")).get(0).get("active").booleanValue()).isTrue();
    var run = pushed("birds");
    assertThat(reason(run))
        .isEqualTo("birds is frozen by ci until 2026-11-30T07:00:00Z: nobody is there");

    clock.now = Instant.parse("2026-11-30T07:00:00Z");
    goOn();
    assertThat(status(run)).isEqualTo("SUCCEEDED");
    assertThat(json(get("/api/freeze")).get(0).get("active").booleanValue())
        .as("until next Friday")
        .isFalse();
  }

  @Test
  void whatWasInProductionBeforeMayBeReleasedAgain() throws Exception {
    var good = pushed("birds");
    var revision = json(get("/api/runs/" + good)).get("revision").stringValue();
    jdbc.sql(
            "INSERT INTO production_release (application, run_id, revision, images, objects, state,"
                + " made_at, live_at) VALUES ('birds', NULL, ?, '{}', '[]', 'OVER', ?, ?)")
        .params(revision, utc(TUESDAY), utc(TUESDAY))
        .update();
    put(BIRDS, "{\"reason\": \"the fair\"}");

    var back =
        exchange(
            "POST",
            "/api/runs",
            "operator-token",
            "{\"application\": \"birds\", \"pipeline\": \"production\", \"revision\": \""
                + revision
                + "\"}");
    assertThat(back).hasStatus(201);
    goOn();

    assertThat(status(json(back).get("id").longValue())).isEqualTo("SUCCEEDED");
  }

  @Test
  void theLastOneWhoFreezesSaysHow() throws Exception {
    put(BIRDS, "{\"reason\": \"the fair\"}");
    put(BIRDS, "{\"reason\": \"the other fair\", \"until\": \"2026-11-25T00:00:00Z\"}");

    assertThat(json(get("/api/freeze"))).hasSize(1);
    assertThat(reason(pushed("birds"))).contains("the other fair");
  }

  // ---- who may, and what is on record

  @Test
  void whoMayNotIsToldSoAndNothingIsFrozen() throws Exception {
    for (var path : List.of(BIRDS, "/api/freeze")) {
      for (var method : List.of("PUT", "DELETE")) {
        var body = method.equals("PUT") ? "{\"reason\": \"the fair\"}" : null;
        assertProblem(exchange(method, path, "viewer-token", body), 403, "operator");
        assertThat(exchange(method, path, "no-token", body)).hasStatus(401);
      }
    }

    assertThat(exchange("GET", "/api/freeze", "viewer-token", null)).hasStatusOk();
    assertThat(json(get("/api/freeze"))).isEmpty();
  }

  @Test
  void whoFrozeAndThawedWhatAndWhyIsOnRecord() throws Exception {
    put(BIRDS, "{\"reason\": \"the fair\"}");
    delete(BIRDS);

    assertThat(audit.search(AuditFilter.ALL, 0, 10).items())
        .extracting(it -> it.kind() + " " + it.person() + " " + it.action() + ": " + it.why())
        .containsExactly("DECISION ci remove freeze: null", "DECISION ci set freeze: the fair");
    assertThat(audit.search(AuditFilter.ALL, 0, 10).items())
        .allMatch(it -> "birds".equals(it.application()));
  }

  // ---- mistakes

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                                                              | the body is missing
          []                                                              | must be a JSON object
          {"reason"                                                       | the body is no JSON
          {}                                                              | reason
          {"reason": " "}                                                 | reason
          {"reason": "a\\u0000b"}                                         | reason
          {"reason": "x", "untill": "2026-11-25T00:00:00Z"}               | unknown key 'untill'
          {"reason": "x", "until": "tomorrow"}                            | until must be a time such as
          {"reason": "x", "weekly": "weekends"}                           | weekly
          {"reason": "x", "weekly": [null]}                               | weekly
          {"reason": "x", "weekly": [{"from": "FRI", "to": "MON 08:00"}]} | FRI 16:00
          {"reason": "x", "weekly": [{"from": "FRI 16:00"}]}              | to must be a day and a time
          {"reason": "x", "weekly": [{"from": "FRI 16:00", "to": "FRI 16:00"}]} | no end
          {"reason": "x", "weekly": [{"from": "FRI 16:00", "to": "MON 08:00", "zone": "Mars"}]} | Europe/Berlin
          """)
  void aBodyThatMakesNoSenseIsRefusedWithTheReason(@Nullable String body, String said)
      throws Exception {
    for (var path : List.of(BIRDS, "/api/freeze")) {
      assertProblem(put(path, body), 400, said);
    }
    assertThat(json(get("/api/freeze"))).isEmpty();
  }

  @Test
  void aReasonMayBeLongButNotLongerThanAnybodyReads() throws Exception {
    assertThat(put(BIRDS, "{\"reason\": \"" + "x".repeat(2000) + "\"}")).hasStatusOk();
    assertProblem(put(BIRDS, "{\"reason\": \"" + "x".repeat(2001) + "\"}"), 400, "reason");
  }

  @ParameterizedTest
  @CsvSource({"2026-11-24T08:59:59Z", "1970-01-01T00:00:00Z", "+1000000000-12-31T23:59:59.999Z"})
  void aTimeThatMakesNoSenseIsRefused(String until) throws Exception {
    assertProblem(
        put(BIRDS, "{\"reason\": \"x\", \"until\": \"" + until + "\"}"), 422, "a freeze until");
  }

  @Test
  void anApplicationThatIsNotThereCannotBeFrozen() throws Exception {
    assertProblem(put("/api/applications/wren/freeze", "{\"reason\": \"x\"}"), 404, "wren");
    assertProblem(delete("/api/applications/wren/freeze"), 404, "wren");
  }

  // ----

  private void assertProblem(MvcTestResult answer, int status, String said) throws Exception {
    assertThat(answer).hasStatus(status).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
    assertThat(json(answer).get("detail").stringValue()).contains(said);
  }

  /** Brings every run to the engine whose time has come, until none is left. */
  private void goOn() throws InterruptedException {
    for (var ready = engine.ready(Duration.ZERO);
        !ready.isEmpty();
        ready = engine.ready(Duration.ZERO)) {
      ready.forEach(engine::advance);
    }
  }

  /** The run of a push, after the engine has seen it. */
  private long pushed(String application) throws Exception {
    var run = run(push(application));
    goOn();
    return run;
  }

  private long run(MvcTestResult answer) throws UnsupportedEncodingException {
    assertThat(answer).hasStatus(202);
    return json(answer).at("/applications/0/run").longValue();
  }

  private MvcTestResult push(String application) {
    var before = "%040x".formatted(pushes++);
    var body =
        """
        {"ref": "refs/heads/master", "before": "%s", "after": "%040x", "created": false, "deleted": false,
         "forced": false, "repository": {"full_name": "otomato/%s"}, "sender": {"login": "wren"}, "commits": [],
         "head_commit": null}
        """
            .formatted(before, pushes, application);
    return http.post()
        .uri("/webhooks/github")
        .contentType(MediaType.APPLICATION_JSON)
        .header("X-GitHub-Event", "push")
        .header("X-GitHub-Delivery", application + "-" + pushes)
        .header(
            "X-Hub-Signature-256",
            new HmacSha256("between us")
                .header(body.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .content(body)
        .exchange();
  }

  private String status(long run) throws UnsupportedEncodingException {
    return json(get("/api/runs/" + run)).get("status").stringValue();
  }

  private String reason(long run) throws UnsupportedEncodingException {
    assertThat(status(run)).isEqualTo("QUEUED");
    return json(get("/api/runs/" + run)).get("reason").stringValue();
  }

  private MvcTestResult get(String path) {
    return exchange("GET", path, "operator-token", null);
  }

  private MvcTestResult put(String path, @Nullable String body) {
    return exchange("PUT", path, "operator-token", body);
  }

  private MvcTestResult delete(String path) {
    return exchange("DELETE", path, "operator-token", null);
  }

  private MvcTestResult exchange(String method, String path, String token, @Nullable String body) {
    return Requests.exchange(http, method, path, token, body);
  }

  private JsonNode json(MvcTestResult answer) throws UnsupportedEncodingException {
    return json.readTree(answer.getResponse().getContentAsString());
  }

  private static Object utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
