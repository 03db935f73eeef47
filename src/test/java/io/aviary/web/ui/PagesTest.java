package io.aviary.web.ui;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.RunStatus;
import io.aviary.release.Runs;
import io.aviary.web.ExampleRuns;
import io.aviary.web.FakeDeliveries;
import io.aviary.web.FakeMeasurements;
import io.aviary.web.Stories;
import io.aviary.web.TestServer.FakeHistory;
import io.aviary.web.WebTest;
import java.net.URI;
import java.sql.SQLException;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@WebTest
class PagesTest {

  private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  @Autowired MockMvcTester http;
  @Autowired Stories stories;
  @Autowired FakeHistory history;
  @Autowired FakeDeliveries deliveries;
  @Autowired FakeMeasurements measurements;
  @Autowired Runs runs;
  @Autowired DataSource database;

  private ExampleRuns examples;

  @BeforeEach
  void clear() {
    stories.forgetAll();
    history.breakWith(null);
    examples = new ExampleRuns(stories);
  }

  /** Or it would be told of nothing that it does not know, and say "running" for ever. */
  @Test
  void aRunThatEndsWhileItsPageIsMadeIsToldToThePage() {
    var run = examples.running();
    var before = runs.newestRecord(run.id());
    measurements.meanwhile(() -> run.become(RunStatus.SUCCEEDED, null));

    assertThat(html(get("/runs/" + run.id(), signedIn("tern", "sea"))))
        .contains("/events?after=" + before + "\"");
    assertThat(runs.newestRecord(run.id())).isGreaterThan(before);
  }

  /** Two servers, or two threads: whose record has the lower number may be the later. */
  @Test
  void aRecordThatIsCommittedAfterANewerOneChangesTheVersionToo() throws SQLException {
    var run = examples.running();
    try (var late = database.getConnection()) {
      late.setAutoCommit(false);
      try (var insert =
          late.prepareStatement(
              "INSERT INTO run_record (run_id, at, kind) VALUES (?, CURRENT_TIMESTAMP, 'NOTE')")) {
        insert.setLong(1, run.id());
        var _ = insert.executeUpdate();
      }
      examples.running();
      var before = runs.version();
      late.commit();

      assertThat(runs.version()).isNotEqualTo(before);
    }
  }

  // ---- signing in

  @Test
  void aStrangerIsLedToTheSignInPageAndBack() {
    var session = new MockHttpSession();
    var asked = get("/runs?status=FAILED", session);
    assertThat(asked).hasStatus(HttpStatus.FOUND);
    assertThat(location(asked)).endsWith("/login");

    var in = signIn(session, "tern", "sea");

    assertThat(location(in)).contains("/runs?status=FAILED");
    assertThat(html(get("/runs?status=FAILED", session))).contains("tern", "Sign out");
  }

  @Test
  void aWrongPasswordAndAnUnknownNameAreToldAlike() {
    assertThat(location(signIn(new MockHttpSession(), "tern", "wrong"))).endsWith("/login?error");
    assertThat(location(signIn(new MockHttpSession(), "nobody", "x"))).endsWith("/login?error");
    assertThat(html(get("/login?error", new MockHttpSession())))
        .contains("The name or the password is not right.");
  }

  @Test
  void anOpenPageWhoseSessionHasEndedGoesToTheSignInPage() {
    var answer = http.get().uri("/runs").header("HX-Request", "true").exchange();

    assertThat(answer).hasStatus(HttpStatus.UNAUTHORIZED).hasHeader("HX-Redirect", "/login");
  }

  @Test
  void aProposalSaysWhatIsLeftToDoAndWhyThereIsNone() {
    var session = signedIn("tern", "sea");

    assertThat(html(get("/applications/ornithology/proposal", session)))
        .contains("images:", "say what tests the canary", "Dockerfile makes the image birds");
    assertThat(html(get("/applications/warbler/proposal", session)))
        .contains("No aviary.yml can be proposed for warbler", "no answer");
    assertThat(get("/applications/nothing/proposal", session)).hasStatus(HttpStatus.NOT_FOUND);
  }

  @Test
  void pagesComeWithNothingInlineAndNothingFromElsewhere() {
    examples.rolledBack();
    var session = signedIn("tern", "sea");

    for (var page : new String[] {"/", "/runs", "/deliveries"}) {
      var answer = get(page, session);
      assertThat(answer.getResponse().getHeader("Content-Security-Policy"))
          .contains("default-src 'none'", "script-src 'self'", "style-src 'self'")
          .doesNotContain("unsafe");
      assertThat(answer.getResponse().getHeader("X-Frame-Options")).isEqualTo("DENY");
      assertThat(answer.getResponse().getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(html(answer))
          .doesNotContain("style=\"", "<style", "onclick", "src=\"http", "href=\"http://");
    }
  }

  // ---- reading

  @Test
  void theListKeepsItsFilter() {
    examples.failed();
    examples.rolledBack();
    var session = signedIn("wren", "hedge");

    var page = html(get("/runs?status=ROLLED_BACK&q=birds&author=finch", session));

    assertThat(page)
        .contains("Return birds sorted by last sighting", "Rolled back", "value=\"birds\"")
        .contains("<option value=\"ROLLED_BACK\" selected=\"selected\">")
        .doesNotContain("slim base");
    assertThat(html(get("/runs?status=nonsense", session)))
        .contains("“nonsense” is not a status", "slim base");
    assertThat(html(get("/runs?q=zzz", session))).contains("No run matches this filter.");
  }

  @Test
  void anOpenListAsksForItsPartOnly() {
    examples.failed();

    var part =
        html(
            http.get()
                .uri("/runs")
                .header("HX-Request", "true")
                .session(signedIn("wren", "hedge"))
                .exchange());

    assertThat(part).contains("slim base").doesNotContain("<html", "<nav aria-label=\"Main\"");
  }

  @Test
  void aRunSaysWhyFirst() {
    var run = examples.rolledBack();

    var page = html(get("/runs/" + run.id(), signedIn("wren", "hedge")));

    assertThat(page.indexOf("verifyCanaryInProd: exit code 1: /version answered 500"))
        .isBetween(1, page.indexOf("Phases"));
    assertThat(page)
        .contains(
            "19 of 200 answers came from 2a034bf",
            "3 min 16 s",
            "10.2 %",
            "not reached: the run was rolled back",
            "https://github.com/otomato/ornithology/commit/2a034bf")
        .doesNotContain("Cancel the run");
  }

  @Test
  void whatIsWrittenByOthersIsNoMarkup() {
    var run =
        stories
            .run(
                "ornithology",
                io.aviary.release.PipelineName.CANARY,
                "abc1234",
                "<script>alert(1)</script>",
                java.time.Duration.ofMinutes(1))
            .step("testCanary", "gate", java.time.Duration.ofSeconds(1))
            .log("testCanary", "<img src=x onerror=alert(1)>\n");
    var session = signedIn("wren", "hedge");

    assertThat(html(get("/runs/" + run.id(), session)))
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .doesNotContain("<script>alert");
    assertThat(html(get("/runs/" + run.id() + "/steps/testCanary/log", session)))
        .contains("&lt;img src=x")
        .doesNotContain("<img src=x");
  }

  @Test
  void aLongLogComesInPages() {
    var text = new StringBuilder();
    for (var line = 1; line <= 4500; line++) {
      text.append("line ").append(line).append('\n');
    }
    var run = examples.rolledBack().log("testCanary", text.toString());
    var base = "/runs/" + run.id() + "/steps/testCanary/log";
    var session = signedIn("wren", "hedge");

    assertThat(html(get(base, session)))
        .contains("id=\"L4500\"", "id=\"L4001\"", "of 4,500", "?line=2001")
        .doesNotContain("id=\"L4000\"");
    assertThat(html(get(base + "?line=1999", session)))
        .contains("id=\"L1\"", "id=\"L2000\"")
        .doesNotContain("id=\"L2001\"", "data-follow");
  }

  @Test
  void aLogIsSearchedFromALineOn() {
    var text = new StringBuilder();
    for (var line = 1; line <= 4500; line++) {
      text.append("line ").append(line).append(line % 2000 == 7 ? " 100% <bad>\n" : "\n");
    }
    var run = examples.rolledBack().log("testCanary", text.toString());
    var base = "/runs/" + run.id() + "/steps/testCanary/log";
    var session = signedIn("wren", "hedge");

    var found = http.get().uri(base + "?find={text}", "% <BAD>").session(session).exchange();
    var first = location(found);
    assertThat(first).isEqualTo(base + "?line=7&find=%25%20%3CBAD%3E#L7");
    var page = html(get(first, session));
    assertThat(page).contains("contains “<b>% &lt;BAD&gt;</b>”", "line=8&amp;find=", "id=\"L7\"");

    assertThat(location(get(base + "?find=bad&line=8", session)))
        .isEqualTo(base + "?line=2007&find=bad#L2007");
    assertThat(html(get(base + "?find=bad&line=4011", session)))
        .contains("No line", "from 4,011 on", "Search from the start");
    assertThat(html(get(base + "?find=nothing", session)))
        .contains("No line", "nothing")
        .doesNotContain("Search from the start");
  }

  @Test
  void whatIsNotThereIsToldSo() {
    var session = signedIn("wren", "hedge");

    var run = get("/runs/999999", session);
    assertThat(run).hasStatus(HttpStatus.NOT_FOUND);
    assertThat(get("/nothing", session)).hasStatus(HttpStatus.NOT_FOUND);
    assertThat(get("/runs/99999999999999999999", session)).hasStatus(HttpStatus.NOT_FOUND);
    assertThat(get("/deliveries/nothing", session)).hasStatus(HttpStatus.NOT_FOUND);
  }

  // ---- changing

  @Test
  void anOperatorCancelsWithAReason() {
    var run = examples.running();
    var session = signedIn("tern", "sea");

    var answer = post("/runs/" + run.id() + "/cancel", session, "comment", "the wrong branch");

    assertThat(location(answer)).isEqualTo("/runs/" + run.id());
    assertThat(html(get("/runs/" + run.id(), session)))
        .contains("Cancelling", "cancelled by tern: the wrong branch");
  }

  @Test
  void aViewerHasNoButtonsAndMayNotGoRoundThem() {
    var run = examples.running();
    var session = signedIn("wren", "hedge");

    assertThat(html(get("/runs/" + run.id(), session))).doesNotContain("Cancel");
    assertThat(html(get("/", session))).doesNotContain("Release…");
    assertThat(post("/runs/" + run.id() + "/cancel", session, "comment", "x"))
        .hasStatus(HttpStatus.FORBIDDEN);
  }

  @Test
  void aChangeNeedsTheTokenOfAPage() {
    var run = examples.running();
    var session = signedIn("tern", "sea");

    assertThat(http.post().uri("/runs/" + run.id() + "/cancel").session(session).exchange())
        .hasStatus(HttpStatus.FORBIDDEN);
    var api =
        http.post()
            .uri("/api/runs/" + run.id() + "/cancel")
            .session(session)
            .contentType(MediaType.APPLICATION_JSON)
            .exchange();
    assertThat(api)
        .hasStatus(HttpStatus.FORBIDDEN)
        .hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
  }

  @Test
  void aRunIsStartedFromThePage() {
    var session = signedIn("tern", "sea");

    var started = post("/runs", session, "application", "ornithology");
    assertThat(location(started)).startsWith("/runs/");

    history.breakWith("git://nowhere: unknown host");
    var refused = post("/runs", session, "application", "ornithology");
    assertThat(location(refused)).isEqualTo("/");
    assertThat(html(get("/", session))).contains("git://nowhere: unknown host");
  }

  @Test
  void aDeliveryIsShownAndDecidedAgain() {
    deliveries.add("d-7", Verdict.IGNORED, "another branch", null);
    var session = signedIn("tern", "sea");

    assertThat(html(get("/deliveries?verdict=IGNORED", session))).contains("another branch");
    assertThat(html(get("/deliveries/d-7", session)))
        .contains("Decide again", "192.0.2.1")
        .doesNotContain("Download the body");
    assertThat(location(post("/deliveries/d-7/replay", session, "x", "")))
        .isEqualTo("/deliveries/d-7");
  }

  @Test
  void theAuditsFilterShowsWhatWasAskedForAndNothingElse() {
    var plain = audit("/audit");
    assertThat(plain).contains("name=\"application\"").doesNotContain("org.thymeleaf");
    assertThat(audit("/audit?application=warbler&person=wren"))
        .contains("value=\"warbler\"", "value=\"wren\"");
  }

  private String audit(String address) {
    return html(
        http.get()
            .uri(address)
            .accept(MediaType.TEXT_HTML)
            .header("Authorization", "Bearer admin-token")
            .exchange());
  }

  // ----

  private MockHttpSession signedIn(String name, String password) {
    var session = new MockHttpSession();
    var answer = signIn(session, name, password);
    return (MockHttpSession) Objects.requireNonNull(answer.getRequest().getSession(false));
  }

  private MvcTestResult signIn(MockHttpSession session, String name, String password) {
    return http.post()
        .uri("/login")
        .session(session)
        .param("username", name)
        .param("password", password)
        .param("_csrf", csrf("/login", session))
        .exchange();
  }

  private MvcTestResult get(String address, MockHttpSession session) {
    return http.get()
        .uri(URI.create(address))
        .header(HttpHeaders.ACCEPT, "text/html")
        .session(session)
        .exchange();
  }

  private MvcTestResult post(
      String address, MockHttpSession session, String parameter, String value) {
    return http.post()
        .uri(address)
        .session(session)
        .param(parameter, value)
        .param("_csrf", csrf("/", session))
        .exchange();
  }

  /** As a browser finds it in the page: each page has a form, if only to sign out. */
  private String csrf(String page, MockHttpSession session) {
    var found = CSRF.matcher(html(get(page, session)));
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  private static String location(MvcTestResult answer) {
    return Objects.requireNonNullElse(answer.getResponse().getHeader("Location"), "");
  }

  private static String html(MvcTestResult answer) {
    assertThat(answer.getResponse().getStatus()).isLessThan(300);
    try {
      return answer.getResponse().getContentAsString(java.nio.charset.StandardCharsets.UTF_8);
    } catch (java.io.UnsupportedEncodingException e) {
      throw new AssertionError(e);
    }
  }
}
