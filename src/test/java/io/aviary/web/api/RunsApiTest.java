package io.aviary.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.web.ExampleRuns;
import io.aviary.web.Stories;
import io.aviary.web.TestServer.FakeHistory;
import io.aviary.web.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@WebTest
class RunsApiTest {

  @Autowired MockMvcTester http;
  @Autowired Stories stories;
  @Autowired FakeHistory history;
  @Autowired io.aviary.release.Runs runs;
  @Autowired JsonMapper json;
  @Autowired JdbcClient jdbc;

  private ExampleRuns examples;

  @BeforeEach
  void clear() {
    stories.forgetAll();
    history.breakWith(null);
    examples = new ExampleRuns(stories);
  }

  // ---- judging again

  @Test
  void recordedMeasurementsCanBeJudgedByOtherGates() {
    var run = examples.rolledBack().id();

    var answer = post("/api/runs/" + run + "/judge", "{\"gates\": [{\"name\": \"watch\"}]}");

    assertThat(answer).hasStatusOk();
    assertThat(json(answer).at("/gates/0/gate").stringValue()).isEqualTo("watch");
    assertThat(json(answer).at("/gates/0/decision").stringValue()).isEqualTo("PASS");
    assertThat(post("/api/runs/999999/judge", "{\"gates\": [{\"name\": \"a\"}]}"))
        .hasStatus(HttpStatus.NOT_FOUND);
    assertThat(post("/api/runs/" + run + "/judge", "{}")).hasStatus(HttpStatus.BAD_REQUEST);
  }

  // ---- finding

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /api/runs                                   | 4
          /api/runs?application=warbler               | 1
          /api/runs?pipeline=production               | 1
          /api/runs?status=ROLLED_BACK                | 1
          /api/runs?branch=master&application=warbler | 1
          /api/runs?branch=main                       | 0
          /api/runs?revision=0BE14                    | 2
          /api/runs?author=finch                      | 4
          /api/runs?author=fin                        | 0
          /api/runs?q=SORTED                          | 1
          /api/runs?q=100%25                          | 0
          /api/runs?from=2020-01-01T00:00:00Z         | 4
          /api/runs?to=2020-01-01T00:00:00Z           | 0
          /api/runs?from=2020-01-01T01:00:00%2B01:00  | 4
          /api/runs?q=&application=&status=           | 4
          """)
  void filters(String address, int count) {
    examples.good();
    examples.rolledBack();
    examples.failed();

    assertThat(json(get(address)).get("total").intValue()).isEqualTo(count);
  }

  @Test
  void whoMaySeeOneApplicationFindsItsRunsOnly() {
    examples.good();
    examples.failed();
    var filter = io.aviary.release.RunFilter.ALL;

    assertThat(runs.search(filter.within(java.util.Set.of("warbler")), 0, 10).total()).isEqualTo(1);
    assertThat(runs.search(filter.within(java.util.Set.of()), 0, 10).total()).isZero();
    assertThat(runs.search(filter.within(null), 0, 10).total()).isEqualTo(3);
  }

  /** The server looks for these from the other end. */
  @Test
  void pagesFarFromTheStartGoOnWhereTheOnesBeforeThemEnd() {
    examples.failed();
    for (var doubled = 0; doubled < 12; doubled++) {
      jdbc.sql(
              "INSERT INTO run (application, pipeline, status, revision, branch, trigger_kind, created_at,"
                  + " plan_version, turn) SELECT application, pipeline, status, revision, branch, trigger_kind,"
                  + " created_at, plan_version, turn FROM run")
          .update();
    }
    var newestFirst = jdbc.sql("SELECT id FROM run ORDER BY id DESC").query(Long.class).list();
    var filter = io.aviary.release.RunFilter.ALL;

    for (var page = 15; page <= 41; page++) {
      var found = runs.search(filter, page, 100);
      var first = Math.min(100 * page, 4096);
      assertThat(found.items())
          .as("page " + page)
          .extracting(RunView::id)
          .isEqualTo(newestFirst.subList(first, Math.min(first + 100, 4096)));
      assertThat(found.total()).isEqualTo(4096);
    }
  }

  @Test
  void pagesAreCountedFromZeroAndTheNewestIsFirst() {
    var oldest = examples.failed().id();
    examples.superseded();
    var newest = examples.rolledBack().id();

    var first = json(get("/api/runs?size=2"));
    assertThat(first.at("/items/0/id").longValue()).isEqualTo(newest);
    assertThat(first.get("total").intValue()).isEqualTo(3);
    var second = json(get("/api/runs?size=2&page=1"));
    assertThat(second.get("items")).hasSize(1);
    assertThat(second.at("/items/0/id").longValue()).isEqualTo(oldest);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          size=0         | size must be greater than or equal to 1
          size=101       | size must be less than or equal to 100
          size=x         | size: 'x' is not a whole number that fits
          page=-1        | page must be greater than or equal to 0
          status=GONE    | status: 'GONE' is not one of QUEUED, RUNNING, WAITING, SUCCEEDED, ROLLED_BACK
          pipeline=other | pipeline: 'other' is not one of canary, production
          from=yesterday | from: 'yesterday' is not a time such as 2026-11-24T09:08:31Z
          revision=xyz   | revision must be the beginning of a revision
          q=%00          | q must not contain the character NUL
          """)
  void whatMakesNoSenseIsNamed(String query, String detail) {
    var answer = get("/api/runs?" + query);

    assertProblem(answer, HttpStatus.BAD_REQUEST, detail);
  }

  @Test
  void aRunIsTheContractsRun() {
    var id = examples.good().id();

    var run = json(get("/api/runs/" + id));

    assertThat(run.propertyNames())
        .contains(
            "id",
            "application",
            "pipeline",
            "status",
            "ending",
            "reason",
            "revision",
            "shortRevision",
            "branch",
            "message",
            "author",
            "trigger",
            "createdAt",
            "startedAt",
            "finishedAt",
            "parent",
            "child",
            "retryOf",
            "steps");
    assertThat(run.get("pipeline").stringValue()).isEqualTo("canary");
    assertThat(run.get("child").longValue()).isEqualTo(id + 1);
    var gate = run.get("steps").get(8);
    assertThat(gate.get("name").stringValue()).isEqualTo("verifyCanaryInProd");
    assertThat(gate.at("/outputs/share").doubleValue()).isEqualTo(9.5);
  }

  @Test
  void unknownRunsAndAddressesAreNotFound() {
    assertProblem(get("/api/runs/999999"), HttpStatus.NOT_FOUND, "there is no run 999999");
    assertProblem(get("/api/runs/abc"), HttpStatus.NOT_FOUND, "id: 'abc' is not");
    assertProblem(get("/api/nothing"), HttpStatus.NOT_FOUND, "nothing at this address");
    assertProblem(
        get("/api/runs/999999/steps/x/log"), HttpStatus.NOT_FOUND, "there is no run 999999");
  }

  @Test
  void recordsGoOnFromTheLastOneSeen() {
    var id = examples.rolledBack().id();

    var all = json(get("/api/runs/" + id + "/records"));
    var last = all.get(all.size() - 1).get("id").longValue();

    assertThat(all.get(0).get("status").stringValue()).isEqualTo("RUNNING");
    assertThat(json(get("/api/runs/" + id + "/records?after=" + (last - 1)))).hasSize(1);
  }

  @Test
  void applicationsSayWhatIsLive() {
    examples.good();
    var running = examples.running();

    var all = json(get("/api/applications"));

    assertThat(all).hasSize(2);
    assertThat(all.at("/0/live/revision").stringValue()).startsWith("0be14e1");
    assertThat(all.at("/0/canary/run").longValue()).isEqualTo(running.id());
    assertThat(json(get("/api/applications/warbler")).get("live").isNull()).isTrue();
    assertProblem(
        get("/api/applications/x"), HttpStatus.NOT_FOUND, "no application 'x' is configured");
  }

  // ---- starting

  @Test
  void theBranchsHeadIsReleasedByDefault() {
    var answer = post("/api/runs", "{\"application\": \"ornithology\"}");

    assertThat(answer).hasStatus(HttpStatus.CREATED);
    var run = json(answer);
    assertThat(answer.getResponse().getHeader("Location"))
        .isEqualTo("/api/runs/" + run.get("id").longValue());
    assertThat(run.get("revision").stringValue()).isEqualTo(FakeHistory.HEAD);
    assertThat(run.get("trigger").stringValue()).isEqualTo("PERSON");
    assertThat(run.get("triggeredBy").stringValue()).isEqualTo("ci");
    assertThat(run.at("/steps/0/name").stringValue()).isEqualTo("readSource");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"application": "ornithology", "revision": "1234567"} | 422 | contains no commit 1234567
          {"application": "nobody"}                             | 422 | no application 'nobody' is configured
          {"application": "ornithology", "revision": "77c01de", "pipeline": "production"} | 422 | has passed its gates
          {"application": ""}                                   | 400 | application must not be blank
          {}                                                    | 400 | application must not be blank
          {"application": "ornithology", "revision": "HEAD"}    | 400 | revision must be 7 to 40 hex digits
          {"application": "ornithology", "revison": "77c01de"}  | 400 | unknown key 'revison'; known are application, pipeline, revision
          {"application": "ornithology", "pipeline": "other"}   | 400 | there is no pipeline 'other'
          {"application": {}}                                   | 400 | application must be a text
          {"application":                                       | 400 | no JSON
          []                                                    | 400 | the body must be a JSON object
          """)
  void whatCannotBeStartedSaysWhy(String body, int status, String detail) {
    assertProblem(post("/api/runs", body), HttpStatus.valueOf(status), detail);
  }

  @Test
  void nothingAtAllIsNoBody() {
    assertProblem(post("/api/runs", ""), HttpStatus.BAD_REQUEST, "the body is missing");
    assertProblem(
        http.post()
            .uri("/api/runs")
            .header(HttpHeaders.AUTHORIZATION, "Bearer operator-token")
            .contentType(MediaType.TEXT_PLAIN)
            .content("ornithology")
            .exchange(),
        HttpStatus.UNSUPPORTED_MEDIA_TYPE,
        "text/plain");
    assertProblem(
        http.delete()
            .uri("/api/runs")
            .header(HttpHeaders.AUTHORIZATION, "Bearer operator-token")
            .exchange(),
        HttpStatus.METHOD_NOT_ALLOWED,
        "DELETE");
  }

  @Test
  void aRepositoryOutOfReachIsNamed() {
    history.breakWith("https://github.com/otomato/ornithology.git: connection refused");

    assertProblem(
        post("/api/runs", "{\"application\": \"ornithology\"}"),
        HttpStatus.BAD_GATEWAY,
        "ornithology.git: connection refused");
  }

  // ---- cancelling

  @Test
  void cancelIsAcceptedOnceAndRecordsWhy() {
    var id = examples.running().id();

    var accepted = post("/api/runs/" + id + "/cancel", "{\"comment\": \"wrong branch\"}");

    assertThat(accepted).hasStatus(HttpStatus.ACCEPTED);
    assertThat(json(accepted).get("ending").stringValue()).isEqualTo("CANCELLED");
    assertThat(json(accepted).get("reason").stringValue())
        .isEqualTo("cancelled by ci: wrong branch");
    assertProblem(
        post("/api/runs/" + id + "/cancel", "{}"),
        HttpStatus.CONFLICT,
        "undoing already, on its way to CANCELLED");
  }

  /** Found by schemathesis: it was a fault of the server. */
  @Test
  void aBodyThatIsNullIsNoBody() {
    var id = examples.running().id();

    assertThat(post("/api/runs", "null")).hasStatus(HttpStatus.BAD_REQUEST);
    assertThat(post("/api/runs/" + id + "/judge", "{\"gates\": [null]}"))
        .hasStatus(HttpStatus.BAD_REQUEST);
    assertThat(post("/api/runs/" + id + "/cancel", "null")).hasStatus(HttpStatus.ACCEPTED);
  }

  @Test
  void whatHasEndedIsNotCancelled() {
    var id = examples.rolledBack().id();

    assertProblem(
        post("/api/runs/" + id + "/cancel", ""),
        HttpStatus.CONFLICT,
        "has ended: " + RunStatus.ROLLED_BACK);
    assertProblem(post("/api/runs/999999/cancel", ""), HttpStatus.NOT_FOUND, "no run 999999");
  }

  // ---- steering

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          approve | does not wait for a person
          reject  | does not wait for a person
          resume  | is not paused
          retry   | is RUNNING; only what has ended can be retried
          """)
  void whatARunUnderWayDoesNotAllowIsRefusedWithTheReason(String action, String reason) {
    var id = examples.running().id();

    assertProblem(
        post("/api/runs/" + id + "/" + action, "{\"comment\": \"now\"}"),
        HttpStatus.CONFLICT,
        reason);
  }

  @ParameterizedTest
  @CsvSource({"approve", "reject", "promote", "pause", "resume"})
  void whatHasEndedIsNotSteered(String action) {
    var id = examples.rolledBack().id();

    assertProblem(
        post("/api/runs/" + id + "/" + action, "{\"comment\": \"now\"}"),
        HttpStatus.CONFLICT,
        "has ended: " + RunStatus.ROLLED_BACK);
    assertProblem(
        post("/api/runs/999999/" + action, "{\"comment\": \"now\"}"),
        HttpStatus.NOT_FOUND,
        "no run 999999");
  }

  @Test
  void aGateThatIsNotThereIsNamed() {
    var id = examples.running().id();

    assertProblem(
        post("/api/runs/" + id + "/approve", "{\"gate\": \"lunch\"}"),
        HttpStatus.CONFLICT,
        "run " + id + " has no gate lunch");
  }

  @Test
  void aPauseIsShownAndTakenBack() {
    var id = examples.running().id();

    var paused = post("/api/runs/" + id + "/pause", "{\"comment\": \"lunch\"}");
    assertThat(paused).hasStatus(HttpStatus.ACCEPTED);
    assertThat(json(paused).get("paused").booleanValue()).isTrue();

    var resumed = post("/api/runs/" + id + "/resume", "");
    assertThat(resumed).hasStatus(HttpStatus.ACCEPTED);
    assertThat(json(resumed).get("paused").booleanValue()).isFalse();
  }

  @Test
  void aRetryAnswersWithTheNewRun() {
    var id = examples.rolledBack().id();

    var answer = post("/api/runs/" + id + "/retry", "{\"comment\": \"flaky test\"}");

    assertThat(answer).hasStatus(HttpStatus.ACCEPTED);
    var retry = json(answer);
    assertThat(retry.get("retryOf").longValue()).isEqualTo(id);
    assertThat(retry.get("id").longValue()).isGreaterThan(id);
    assertThat(retry.get("trigger").stringValue()).isEqualTo("RETRY");
    assertProblem(
        post("/api/runs/" + id + "/retry", ""),
        HttpStatus.CONFLICT,
        "was retried already, as run " + retry.get("id").longValue());
  }

  // ---- describing itself

  @Test
  void theDescriptionKnowsEveryAddressAndItsErrors() {
    var description = json(get("/v3/api-docs"));

    assertThat(description.get("paths").propertyNames())
        .contains(
            "/api/runs",
            "/api/runs/{id}",
            "/api/runs/{id}/cancel",
            "/api/runs/{id}/records",
            "/api/runs/{id}/events",
            "/api/runs/{id}/steps/{name}/log",
            "/api/applications",
            "/api/applications/{name}",
            "/api/deliveries");
    for (var path : description.get("paths").values()) {
      for (var operation : path.values()) {
        assertThat(operation.at("/responses/404/content").propertyNames())
            .as(operation.get("operationId").stringValue())
            .containsExactly("application/problem+json");
        assertThat(operation.path("parameters").findValuesAsString("name"))
            .doesNotContain("caller", "authentication", "rights");
      }
    }
  }

  @Test
  void theDescriptionSaysWhatMayBeNullWhichKeysAreKnownAndEveryAnswer() {
    var description = json(get("/v3/api-docs"));
    var schemas = description.at("/components/schemas");

    assertThat(schemas.at("/RunView/properties/reason/type").toString())
        .isEqualTo("[\"string\",\"null\"]");
    assertThat(schemas.at("/RunView/properties/id/type").asString()).isEqualTo("integer");
    assertThat(schemas.at("/ApplicationView/properties/canary/anyOf").toString())
        .isEqualTo("[{\"$ref\":\"#/components/schemas/Canary\"},{\"type\":\"null\"}]");
    assertThat(schemas.at("/RunRecord/properties/evidence").toString())
        .isEqualTo("{\"description\":\"any JSON\"}");
    assertThat(schemas.at("/Start/additionalProperties").toString()).isEqualTo("false");
    assertThat(schemas.at("/RunView/additionalProperties").isMissingNode()).isTrue();
    assertThat(description.at("/paths/~1api~1runs/post/responses").propertyNames())
        .contains("201", "409", "422", "429", "502")
        .doesNotContain("200");
    assertThat(description.at("/paths/~1api~1runs~1{id}~1retry/post/responses").propertyNames())
        .contains("202")
        .doesNotContain("200");
  }

  @Test
  void aChangeByNobodyIsAskedToSignInAndNotForAToken() {
    assertThat(http.post().uri("/api/runs/1/cancel").exchange())
        .hasStatus(401)
        .bodyText()
        .contains("Authorization: Bearer");
  }

  // ----

  private MvcTestResult get(String address) {
    return http.get()
        .uri(java.net.URI.create(address))
        .header(HttpHeaders.AUTHORIZATION, "Bearer viewer-token")
        .exchange();
  }

  private MvcTestResult post(String address, String body) {
    return http.post()
        .uri(address)
        .header(HttpHeaders.AUTHORIZATION, "Bearer operator-token")
        .contentType(MediaType.APPLICATION_JSON)
        .content(body)
        .exchange();
  }

  private JsonNode json(MvcTestResult answer) {
    assertThat(answer.getResponse().getStatus()).isLessThan(300);
    return json.readTree(answer.getResponse().getContentAsByteArray());
  }

  private void assertProblem(MvcTestResult answer, HttpStatus status, String detail) {
    assertThat(answer).hasStatus(status);
    assertThat(answer).hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
    var problem = json.readTree(answer.getResponse().getContentAsByteArray());
    assertThat(problem.get("status").intValue()).isEqualTo(status.value());
    assertThat(problem.get("detail").stringValue()).contains(detail);
    assertThat(problem.get("instance").stringValue()).startsWith("/api/");
    assertThat(problem.toString()).doesNotContain("Exception", "io.aviary", "java.");
  }
}
