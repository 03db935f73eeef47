package io.aviary.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.AviaryProperties;
import io.aviary.release.AviaryProperties.Token;
import io.aviary.release.AviaryProperties.User;
import io.aviary.release.LiveConfiguration;
import io.aviary.release.Role;
import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditFilter;
import io.aviary.web.Requests;
import io.aviary.web.WebTest;
import java.io.UnsupportedEncodingException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import tools.jackson.databind.json.JsonMapper;

/** Who is let in, and who is still in, when the configuration changes while the server runs. */
@WebTest
class ChangedPeopleTest {

  private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");
  private static final User TERN = new User("tern", Role.OPERATOR, "{noop}sea");
  private static final User WREN = new User("wren", Role.VIEWER, "{noop}hedge");

  @Autowired MockMvcTester http;
  @Autowired LiveConfiguration configuration;
  @Autowired Audit audit;
  @Autowired JdbcClient jdbc;
  @Autowired JsonMapper json;
  private AviaryProperties before;

  @BeforeEach
  void remember() {
    before = configuration.current();
    jdbc.sql("DELETE FROM audit").update();
    jdbc.sql("DELETE FROM api_token").update();
  }

  @AfterEach
  void asBefore() {
    configuration.replace(before);
  }

  @Test
  void somebodyWhoIsAddedSignsInAndSomebodyWhoIsGoneDoesNot() {
    assertThat(signsIn("robin", "wall")).isFalse();
    people(TERN, new User("robin", Role.ADMIN, "{noop}wall"));

    assertThat(signsIn("robin", "wall")).isTrue();
    assertThat(signsIn("tern", "sea")).isTrue();
    assertThat(signsIn("wren", "hedge")).isFalse();
  }

  @Test
  void aSessionEndsWithTheNextRequestWhenItsPersonIsGone() {
    var tern = session("tern", "sea");
    var wren = session("wren", "hedge");
    assertThat(reads(tern)).isEqualTo(200);

    people(WREN);

    assertThat(reads(tern)).isEqualTo(401);
    assertThat(tern.isInvalid()).isTrue();
    assertThat(reads(wren)).as("somebody else's").isEqualTo(200);
    assertThat(lines())
        .contains("tern sign out, because: no longer configured, or with another password");
  }

  @Test
  void aSessionEndsWhenThePasswordIsAnotherEvenIfItWasPutBackTheOldOneIsOver() {
    var session = session("tern", "sea");

    people(new User("tern", Role.OPERATOR, "{noop}ocean"), WREN);
    assertThat(reads(session)).isEqualTo(401);
    people(TERN, WREN);

    assertThat(session.isInvalid()).isTrue();
    assertThat(signsIn("tern", "ocean")).isFalse();
    assertThat(signsIn("tern", "sea")).isTrue();
  }

  /** In both directions, and each time from what is configured then. */
  @Test
  void aSessionFollowsTheRoleOfItsPerson() {
    var session = session("wren", "hedge");
    assertThat(readsAudit(session)).isEqualTo(403);

    people(TERN, new User("wren", Role.ADMIN, "{noop}hedge"));
    assertThat(readsAudit(session)).isEqualTo(200);
    people(TERN, WREN);

    assertThat(readsAudit(session)).isEqualTo(403);
    assertThat(reads(session)).isEqualTo(200);
  }

  @Test
  void aPageOfSomebodyWhoIsGoneLeadsToSigningIn() {
    var session = session("tern", "sea");
    people(WREN);

    var answer = http.get().uri("/").accept("text/html").session(session).exchange();

    assertThat(answer).hasStatus(302);
    assertThat(answer.getResponse().getHeader("Location")).endsWith("/login");
  }

  @Test
  void aTokenThatIsRemovedIsRefusedAtOnceAndARotatedOneTakenByItsNewValueOnly() {
    assertThat(byToken("operator-token")).isEqualTo(200);

    tokens(new Token("ci", Role.OPERATOR, "another-token-of-ci"));

    assertThat(byToken("operator-token")).isEqualTo(401);
    assertThat(byToken("viewer-token")).isEqualTo(401);
    assertThat(byToken("another-token-of-ci")).isEqualTo(200);
  }

  /** What somebody made goes with them. */
  @Test
  void anApiTokenOfSomebodyWhoIsGoneLetsNobodyIn() throws Exception {
    var session = session("wren", "hedge");
    var page = http.get().uri("/tokens").session(session).exchange().getResponse();
    var made =
        http.post()
            .uri("/api/tokens")
            .session(session)
            .header("X-CSRF-TOKEN", csrf(page.getContentAsString()))
            .contentType("application/json")
            .content("{\"name\": \"deploy\", \"role\": \"viewer\"}")
            .exchange()
            .getResponse();
    var value = json.readTree(made.getContentAsString()).get("value").stringValue();
    assertThat(byToken(value)).isEqualTo(200);

    people(TERN);

    assertThat(byToken(value)).isEqualTo(401);
  }

  // ----

  private void people(User... users) {
    configuration.replace(Configured.with(before, List.of(users)));
  }

  private void tokens(Token... tokens) {
    configuration.replace(Configured.with(before, before.security().users(), List.of(tokens)));
  }

  private int byToken(String value) {
    return Requests.exchange(http, "GET", "/api/runs", value, null).getResponse().getStatus();
  }

  private int reads(MockHttpSession session) {
    return http.get().uri("/api/runs").session(session).exchange().getResponse().getStatus();
  }

  private int readsAudit(MockHttpSession session) {
    return http.get().uri("/api/audit").session(session).exchange().getResponse().getStatus();
  }

  private MockHttpSession session(String name, String password) {
    var session = new MockHttpSession();
    assertThat(signsIn(session, name, password)).as(name).isTrue();
    return session;
  }

  private boolean signsIn(String name, String password) {
    return signsIn(new MockHttpSession(), name, password);
  }

  private boolean signsIn(MockHttpSession session, String name, String password) {
    try {
      var page = http.get().uri("/login").session(session).exchange().getResponse();
      var answer =
          http.post()
              .uri("/login")
              .session(session)
              .param("_csrf", csrf(page.getContentAsString()))
              .param("username", name)
              .param("password", password)
              .exchange()
              .getResponse();
      return !String.valueOf(answer.getHeader("Location")).contains("/login");
    } catch (UnsupportedEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private static String csrf(String page) {
    return CSRF.matcher(page).results().findFirst().orElseThrow().group(1);
  }

  private List<String> lines() {
    return audit.search(AuditFilter.ALL, 0, 100).items().stream()
        .map(it -> it.person() + " " + it.action() + ", because: " + it.why())
        .toList();
  }
}
