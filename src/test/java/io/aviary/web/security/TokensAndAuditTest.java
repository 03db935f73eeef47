package io.aviary.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.Actor;
import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditEntry;
import io.aviary.release.audit.AuditFilter;
import io.aviary.web.ExampleRuns;
import io.aviary.web.Requests;
import io.aviary.web.Stories;
import io.aviary.web.WebTest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tokens that people make, and what the audit says about everything. */
@WebTest
class TokensAndAuditTest {

  private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  @Autowired MockMvcTester http;
  @Autowired Stories stories;
  @Autowired Audit audit;
  @Autowired JdbcClient jdbc;
  @Autowired JsonMapper json;

  @BeforeEach
  void nothingYet() {
    stories.forgetAll();
    jdbc.sql("DELETE FROM audit").update();
    jdbc.sql("DELETE FROM api_token").update();
  }

  // ---- tokens

  @Test
  void aTokenLetsAProgramInUntilItIsRevoked() {
    var made = make("operator-token", "{\"name\": \"deploy\", \"role\": \"operator\"}");
    var value = made.get("value").stringValue();

    assertThat(status("GET", "/api/runs", value)).isEqualTo(200);
    assertThat(status("DELETE", "/api/tokens/" + made.at("/token/id"), value)).isEqualTo(204);
    assertThat(status("GET", "/api/runs", value)).isEqualTo(401);
    assertThat(entries()).contains("TOKEN ci create token " + made.at("/token/id").asString());
    assertThat(entries()).anyMatch(it -> it.startsWith("REFUSAL somebody read"));
  }

  @Test
  void itsValueIsStoredNowhere() {
    var made = make("operator-token", "{\"name\": \"deploy\", \"role\": \"viewer\"}");
    var value = made.get("value").stringValue();

    assertThat(value)
        .hasSize("aviary_".length() + 43)
        .startsWith(made.at("/token/prefix").asString());
    assertThat(jdbc.sql("SELECT * FROM api_token").query().listOfRows().toString())
        .contains("deploy")
        .doesNotContain(value.substring(15));
    assertThat(body("GET", "/api/tokens", "operator-token", null))
        .doesNotContain(value.substring(15));
  }

  @Test
  void aTokenMayNotDoMoreThanItsOwner() {
    assertThat(
            answer("POST", "/api/tokens", "viewer-token", "{\"name\": \"a\", \"role\": \"admin\"}"))
        .hasStatus(422);
    var viewer = make("operator-token", "{\"name\": \"b\", \"role\": \"viewer\"}");
    var value = viewer.get("value").stringValue();

    assertThat(answer("POST", "/api/tokens", value, "{\"name\": \"c\", \"role\": \"operator\"}"))
        .hasStatus(422);
    assertThat(status("GET", "/api/audit", value)).isEqualTo(403);
  }

  /** What a token may do is stored as lines, of which a name must not make more. */
  @Test
  void nobodyGetsMoreByAnApplicationThatIsNotThere() {
    for (var application : List.of("x\\nADMIN", "x\\nADMIN warbler", "gone", "x\\u0000", "*")) {
      assertThat(
              answer(
                  "POST",
                  "/api/tokens",
                  "viewer-token",
                  "{\"name\": \"a\", \"role\": \"viewer\", \"applications\": [\""
                      + application
                      + "\"]}"))
          .as(application)
          .hasStatus(422);
    }
    assertThat(jdbc.sql("SELECT COUNT(*) FROM api_token").query(Integer.class).single()).isZero();
  }

  @Test
  void aTokenOfOneApplicationSeesNoOther() {
    var made =
        make(
            "operator-token",
            "{\"name\": \"a\", \"role\": \"operator\", \"applications\": [\"ornithology\"]}");
    var value = made.get("value").stringValue();
    var run = new ExampleRuns(stories).running().id();

    assertThat(body("GET", "/api/applications", value, null))
        .contains("ornithology")
        .doesNotContain("warbler");
    assertThat(status("GET", "/api/applications/warbler", value)).isEqualTo(403);
    assertThat(status("POST", "/api/runs/" + run + "/cancel", value)).isEqualTo(202);
    assertThat(answer("POST", "/api/runs", value, "{\"application\": \"warbler\"}")).hasStatus(403);
    assertThat(entries())
        .contains("REFUSAL ci (token a) create run of warbler")
        .contains("DECISION ci (token a) cancel run " + run + " of ornithology");
  }

  @Test
  void anExpiredTokenLetsNobodyIn() {
    var made =
        make(
            "operator-token",
            "{\"name\": \"a\", \"role\": \"viewer\", \"expiresAt\": \""
                + Instant.now().plusSeconds(3600)
                + "\"}");
    var value = made.get("value").stringValue();
    assertThat(status("GET", "/api/runs", value)).isEqualTo(200);
    assertThat(
            answer(
                "POST",
                "/api/tokens",
                value,
                "{\"name\": \"outlives\", \"role\": \"viewer\", \"expiresAt\": null}"))
        .hasStatus(422);

    jdbc.sql("UPDATE api_token SET expires_at = ?")
        .param(Instant.now().minusSeconds(1).atOffset(ZoneOffset.UTC))
        .update();

    assertThat(status("GET", "/api/runs", value)).isEqualTo(401);
    assertThat(
            answer(
                "POST",
                "/api/tokens",
                "operator-token",
                "{\"name\": \"a\", \"role\": \"viewer\", \"expiresAt\": \"2020-01-01T00:00:00Z\"}"))
        .hasStatus(422);
  }

  @Test
  void nobodyRevokesOrSeesWhatIsAnothers() {
    var id = make("operator-token", "{\"name\": \"a\", \"role\": \"viewer\"}").at("/token/id");

    assertThat(status("DELETE", "/api/tokens/" + id, "viewer-token")).isEqualTo(404);
    assertThat(body("GET", "/api/tokens", "viewer-token", null)).doesNotContain("\"a\"");
    assertThat(status("GET", "/api/tokens?all=true", "viewer-token")).isEqualTo(403);
    assertThat(body("GET", "/api/tokens?all=true", "admin-token", null)).contains("\"a\"");
    assertThat(status("DELETE", "/api/tokens/" + id, "admin-token")).isEqualTo(204);
  }

  @Test
  void whoHasLeftTakesTheirTokensAlong() {
    var made = make("operator-token", "{\"name\": \"b\", \"role\": \"operator\"}");
    jdbc.sql("UPDATE api_token SET origin = 'password', owner = 'nobody' WHERE name = 'b'")
        .update();
    assertThat(status("GET", "/api/runs", made.get("value").stringValue())).isEqualTo(401);

    jdbc.sql("UPDATE api_token SET owner = 'wren' WHERE name = 'b'").update();
    assertThat(status("GET", "/api/runs", made.get("value").stringValue())).isEqualTo(200);
    assertThat(
            answer(
                "POST",
                "/api/runs",
                made.get("value").stringValue(),
                "{\"application\": \"ornithology\"}"))
        .as("wren is a viewer")
        .hasStatus(403);
  }

  @Test
  void lastUseIsKnownToAnHour() {
    var value =
        make("operator-token", "{\"name\": \"a\", \"role\": \"viewer\"}")
            .get("value")
            .stringValue();
    assertThat(status("GET", "/api/runs", value)).isEqualTo(200);
    var first = usedAt();
    assertThat(status("GET", "/api/runs", value)).isEqualTo(200);

    assertThat(first).isNotNull().isEqualTo(usedAt());
  }

  // ---- audit

  @Test
  void signInsAndTheirRefusalsAreInTheAudit() {
    signIn("tern", "sea");
    for (var name : List.of("tern", "nobody")) {
      assertThat(attempt(new MockHttpSession(), name, "no"))
          .as("the same answer whether the name is there or not")
          .hasRedirectedUrl("/login?error");
    }

    assertThat(entries())
        .contains("SIGN_IN tern sign in", "REFUSAL tern sign in", "REFUSAL nobody sign in");
    assertThat(audit.search(AuditFilter.ALL, 0, 10).items())
        .allMatch(entry -> "127.0.0.1".equals(entry.address()));
  }

  @Test
  void aDecisionIsThereWithItsReason() {
    var run = new ExampleRuns(stories).running().id();

    assertThat(
            answer(
                "POST",
                "/api/runs/" + run + "/cancel",
                "operator-token",
                "{\"comment\": \"too many errors\"}"))
        .hasStatus(202);
    assertThat(status("POST", "/api/runs/" + run + "/cancel", "operator-token")).isEqualTo(409);

    var entry = audit.search(AuditFilter.ALL, 0, 10).items().getFirst();
    assertThat(entry.kind()).isEqualTo(AuditEntry.Kind.DECISION);
    assertThat(entry.why()).isEqualTo("too many errors");
    assertThat(entry.application()).isEqualTo("ornithology");
    assertThat(entries()).as("what was not done is not there").hasSize(1);
  }

  @Test
  void aPageWithoutItsTokenIsARefusal() {
    assertThat(http.post().uri("/runs").session(signIn("tern", "sea")).param("application", "x"))
        .hasStatus(403);

    assertThat(entries()).contains("REFUSAL tern create /runs");
  }

  @Test
  void theAuditIsForAdministratorsAndCanBeFiltered() throws Exception {
    audit.add(
        AuditEntry.Kind.DECISION, new Actor("wren", "192.0.2.7"), "approve", "run 7", "a", "ok");
    audit.add(AuditEntry.Kind.SIGN_IN, new Actor("tern", null), "sign in", null, null, null);

    var found = json.readTree(body("GET", "/api/audit?person=wren", "admin-token", null));

    assertThat(found.get("total").asInt()).isEqualTo(1);
    assertThat(found.at("/items/0/action").asString()).isEqualTo("approve");
    assertThat(body("GET", "/api/audit?kind=SIGN_IN", "admin-token", null)).doesNotContain("wren");
    assertThat(body("GET", "/audit", "admin-token", null)).contains("approve", "192.0.2.7");
    assertThat(status("GET", "/audit", "operator-token")).isEqualTo(403);
  }

  @Test
  void anAdministratorOfOneApplicationReadsOfNoOther() {
    var made =
        make(
            "admin-token",
            "{\"name\": \"a\", \"role\": \"admin\", \"applications\": [\"ornithology\"]}");
    var value = made.get("value").stringValue();
    var wren = new Actor("wren", null);
    audit.add(AuditEntry.Kind.DECISION, wren, "approve", "run 7", "ornithology", "fine");
    audit.add(AuditEntry.Kind.DECISION, wren, "approve", "run 8", "warbler", "fine");
    audit.add(AuditEntry.Kind.SIGN_IN, wren, "sign in", null, null, null);

    assertThat(json.readTree(body("GET", "/api/audit", value, null)).get("total").asInt())
        .isEqualTo(1);
    assertThat(body("GET", "/api/audit?application=warbler", value, null)).doesNotContain("run 8");
    assertThat(body("GET", "/audit", value, null)).contains("run 7").doesNotContain("run 8");
  }

  @Test
  void entriesGoByTheirAgeOnly() {
    audit.add(AuditEntry.Kind.SIGN_IN, Actor.AVIARY, "start", null, null, null);

    assertThat(audit.forgetBefore(Instant.now().minusSeconds(3600))).isZero();
    assertThat(audit.forgetBefore(Instant.now().plusSeconds(3600))).isEqualTo(1);
  }

  // ---- limits

  @Test
  void guessingIsSlowedDownAndWorkingIsNot() {
    var clock =
        new java.util.concurrent.atomic.AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    var limits = new AttemptLimits(3, clock::get);
    for (var i = 0; i < 100; i++) {
      assertThat(limits.attempt("a")).isTrue();
      limits.giveBack("a");
    }
    for (var i = 0; i < 3; i++) {
      assertThat(limits.attempt("a")).isTrue();
    }

    assertThat(limits.attempt("a")).isFalse();
    assertThat(limits.isExhausted("a")).isTrue();
    assertThat(limits.attempt("b")).as("another address").isTrue();

    clock.set(clock.get().plusSeconds(20));
    assertThat(limits.attempt("a")).isTrue();
    assertThat(limits.attempt("a")).isFalse();
  }

  // ----

  private MockHttpSession signIn(String name, String password) {
    var session = new MockHttpSession();
    assertThat(attempt(session, name, password)).hasStatus3xxRedirection();
    return session;
  }

  private MvcTestResult attempt(MockHttpSession session, String name, String password) {
    var page = http.get().uri("/login").session(session).exchange();
    try {
      var csrf = CSRF.matcher(page.getResponse().getContentAsString());
      assertThat(csrf.find()).isTrue();
      return http.post()
          .uri("/login")
          .session(session)
          .param("_csrf", csrf.group(1))
          .param("username", name)
          .param("password", password)
          .exchange();
    } catch (java.io.UnsupportedEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode make(String token, String wanted) {
    return json.readTree(body("POST", "/api/tokens", token, wanted));
  }

  private @Nullable Object usedAt() {
    return jdbc.sql("SELECT used_at FROM api_token").query().singleRow().get("used_at");
  }

  private List<String> entries() {
    return audit.search(AuditFilter.ALL, 0, 100).items().stream()
        .map(
            it ->
                it.kind()
                    + " "
                    + it.person()
                    + " "
                    + it.action()
                    + (it.subject() == null ? "" : " " + it.subject())
                    + (it.application() == null ? "" : " of " + it.application()))
        .toList();
  }

  private int status(String method, String path, String token) {
    return answer(method, path, token, null).getResponse().getStatus();
  }

  private String body(String method, String path, String token, @Nullable String body) {
    try {
      return answer(method, path, token, body).getResponse().getContentAsString();
    } catch (java.io.UnsupportedEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private MvcTestResult answer(String method, String path, String token, @Nullable String body) {
    return Requests.exchange(http, method, path, token, body);
  }
}
