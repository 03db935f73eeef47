package io.aviary.web.security;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.PipelineName;
import io.aviary.release.Role;
import io.aviary.release.RunStatus;
import io.aviary.release.StepStatus;
import io.aviary.web.FakeDeliveries;
import io.aviary.web.Stories;
import io.aviary.web.WebTest;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/**
 * Every address that the server has, asked for by everybody, about an application of theirs and
 * about another.
 */
@WebTest
class RightsTest {

  /** Who may do what: the contract's table. */
  private static final String ROLES =
      """
      read: viewer operator admin
      steer: operator admin
      administer: admin
      """;

  /**
   * What each address needs. What is not in it fails the test, also something new.
   *
   * <p>"anybody" needs nothing. "its application": the right to the application that it is about.
   * "own part": the right to some application; whoever has it for one of them sees and changes
   * nothing of others. "server": the right to everything.
   */
  private static final String TABLE =
      """
      DELETE /api/applications/{name}/freeze: steer, its application
      DELETE /api/freeze: steer, server
      DELETE /api/tokens/{id}: read, own part
      DELETE /nothing: read, own part
      GET /: read, own part
      GET /**: read, own part
      GET /actuator/health/liveness: anybody
      GET /actuator/health/readiness: anybody
      GET /actuator/health/**: administer, server
      GET /actuator/health: read, server
      GET /actuator/info: administer, server
      GET /actuator/prometheus: read, server
      GET /actuator/sbom/{id}: administer, server
      GET /actuator/sbom: administer, server
      GET /actuator: administer, server
      GET /api/applications/{name}/proposal: read, its application
      GET /api/applications/{name}: read, its application
      GET /api/applications: read, own part
      GET /api/audit: administer, own part
      GET /api/deliveries/{id}/body: administer, its application
      GET /api/deliveries/{id}: read, its application
      GET /api/deliveries: read, own part
      GET /api/freeze: read, own part
      GET /api/nothing: read, own part
      GET /api/runs/{id}/events: read, its application
      GET /api/runs/{id}/records: read, its application
      GET /api/runs/{id}/steps/{name}/log: read, its application
      GET /api/runs/{id}: read, its application
      GET /api/runs: read, own part
      GET /api/tokens: read, own part
      GET /applications/{name}/badge.svg: read, its application
      GET /applications/{name}/proposal: read, its application
      GET /applications/{name}: read, its application
      GET /assets/aviary.css: anybody
      GET /audit: administer, own part
      GET /deliveries/{id}: read, its application
      GET /deliveries: read, own part
      GET /error: read, own part
      GET /login: anybody
      GET /nothing: read, own part
      GET /runs/events: read, own part
      GET /runs/{id}/pods: read, its application
      GET /runs/{id}/steps/{name}/log: read, its application
      GET /runs/{id}: read, its application
      GET /runs: read, own part
      GET /system: administer, server
      GET /tokens: read, own part
      GET /v3/api-docs.yaml: read, own part
      GET /v3/api-docs: read, own part
      GET /webjars/**: anybody
      POST /api/applications/{name}/webhook: administer, its application
      POST /api/deliveries/{id}/replay: steer, its application
      POST /api/import/codefresh: read, own part
      POST /api/runs/{id}/approve: steer, its application
      POST /api/runs/{id}/cancel: steer, its application
      POST /api/runs/{id}/judge: read, its application
      POST /api/runs/{id}/pause: steer, its application
      POST /api/runs/{id}/promote: steer, its application
      POST /api/runs/{id}/reject: steer, its application
      POST /api/runs/{id}/resume: steer, its application
      POST /api/runs/{id}/retry: steer, its application
      POST /api/runs: steer, its application
      POST /api/tokens: read, own part
      POST /applications/{name}/freeze: steer, its application
      POST /applications/{name}/thaw: steer, its application
      POST /applications/{name}/webhook: administer, its application
      POST /deliveries/{id}/replay: steer, its application
      POST /runs/{id}/approve: steer, its application
      POST /runs/{id}/cancel: steer, its application
      POST /runs/{id}/pause: steer, its application
      POST /runs/{id}/promote: steer, its application
      POST /runs/{id}/reject: steer, its application
      POST /runs/{id}/resume: steer, its application
      POST /runs/{id}/retry: steer, its application
      POST /runs: steer, its application
      POST /tokens/{id}/revoke: read, own part
      POST /tokens: read, own part
      POST /webhooks/github: anybody
      PUT /api/applications/{name}/freeze: steer, its application
      PUT /api/freeze: steer, server
      """;

  /** Not mapped one by one, or not on this test's server. */
  private static final Set<String> NOT_MAPPED =
      Set.of(
          "DELETE /nothing",
          "GET /actuator/health/liveness",
          "GET /actuator/health/readiness",
          "GET /actuator/info",
          "GET /api/nothing",
          "GET /assets/aviary.css",
          "GET /nothing",
          "POST /webhooks/github");

  /** An address of each pattern. */
  private static final Map<String, String> EXAMPLES =
      Map.of(
          "/**", "/not/a/file",
          "/webjars/**", "/webjars/htmx.org/dist/htmx.min.js",
          "/actuator/health/**", "/actuator/health/db");

  /** A stream without an end of its own: whoever is let in is not let go. */
  private static final String ENDLESS = "GET /runs/events";

  private static final String NO_TOKEN = "987654321";
  private static final List<String> APPLICATIONS = List.of("ornithology", "warbler");
  private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  /** How a request ended. */
  private enum Answer {
    IN,
    /** The role is too low. */
    REFUSED,
    /** Nobody knows who asks. */
    UNKNOWN
  }

  /** A line of the table. */
  private record Line(String method, String path, String what, String whose) {

    static Line of(String text) {
      var parts = text.split(": ", 2);
      var address = parts[0].split(" ", 2);
      var needs = parts[1].split(", ", 2);
      return new Line(address[0], address[1], needs[0], needs.length == 1 ? "" : needs[1]);
    }

    String address() {
      return method + " " + path;
    }

    boolean changes() {
      return !method.equals("GET");
    }
  }

  /**
   * Somebody.
   *
   * @param role null: nobody knows who they are
   * @param application null: they have the role for everything
   * @param session null: they come by a token
   */
  private record Somebody(
      String name,
      @Nullable String role,
      @Nullable String application,
      @Nullable String token,
      @Nullable MockHttpSession session,
      @Nullable String csrf) {

    @Override
    public String toString() {
      return name;
    }
  }

  /** An answer, and what of it was read. */
  private record Got(Answer answer, int status, String body) {}

  @Autowired MockMvcTester http;
  @Autowired Stories stories;
  @Autowired FakeDeliveries deliveries;
  @Autowired ApplicationContext context;
  @Autowired ApiTokens tokens;
  @Autowired Rights rights;
  @Autowired JdbcClient jdbc;
  @LocalServerPort int port;

  private final Map<String, Long> runs = new HashMap<>();
  private int requests;

  @BeforeEach
  void somethingOfEachApplication() {
    clear();
    for (var application : APPLICATIONS) {
      var run =
          stories
              .run(application, PipelineName.CANARY, "2a034bf", "Sort", Duration.ofMinutes(5))
              .step("readSource", "readSource", Duration.ofSeconds(1))
              .step(
                  "verifyCanaryInProd",
                  "gate",
                  Duration.ofSeconds(9),
                  StepStatus.FAILED,
                  "exit code 1")
              .log("verifyCanaryInProd", "500\n")
              .become(RunStatus.ROLLED_BACK, "verifyCanaryInProd failed");
      runs.put(application, run.id());
      deliveries.addOf(application, "of-" + application, Verdict.ACCEPTED, "run", run.id());
    }
  }

  @AfterEach
  void clear() {
    stories.forgetAll();
    deliveries.clear();
    jdbc.sql("DELETE FROM frozen").update();
    jdbc.sql("DELETE FROM api_token").update();
    jdbc.sql("DELETE FROM audit").update();
  }

  @Test
  void everyMappedAddressIsInTheTable() {
    var lines = new TreeSet<>(table().stream().map(Line::address).toList());
    lines.removeAll(NOT_MAPPED);

    assertThat(mapped()).isEqualTo(lines);
  }

  @Test
  void everybodyGetsWhatTheTableSays() throws Exception {
    var wrong = new ArrayList<String>();
    var people = everybody();
    for (var line : table()) {
      for (var who : people) {
        for (var application : APPLICATIONS) {
          var expected = expected(line, who, application);
          var got = ask(line, who, application, expected);
          var what = line.address() + " by " + who + " about " + application + ": ";
          if (got.answer() != expected) {
            wrong.add(what + got.status() + " instead of " + expected);
          }
          if (got.status() >= 500) {
            wrong.add(what + got.status());
          }
          var other = who.application() == null ? null : otherThan(who.application());
          if (other != null && got.answer() == Answer.IN && got.body().contains(other)) {
            wrong.add(what + "tells of " + other + ": " + excerpt(got.body(), other));
          }
        }
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(requests).as("requests that were made").isGreaterThan(3000);
  }

  @Test
  void whoMayReadAListReadsTheirOwn() throws Exception {
    for (var application : APPLICATIONS) {
      for (var path :
          List.of(
              "/api/applications", "/api/runs", "/api/deliveries", "/", "/runs", "/deliveries")) {
        var got = ask(Line.of("GET " + path + ": read, own part"), person("admin", application));

        assertThat(got.body()).as(path).contains(application);
      }
    }
  }

  @Test
  void aBrowserChangesNothingWithoutThePagesToken() throws Exception {
    var admin = person("admin", null);
    var withoutCsrf = new Somebody(admin.name(), admin.role(), null, null, admin.session(), null);
    for (var line : table()) {
      if (line.changes() && !line.what().equals("anybody")) {
        assertThat(ask(line, withoutCsrf).status()).as(line.address()).isEqualTo(403);
      }
    }
  }

  @Test
  void nobodyGetsInByAMethodThatIsNotThere() throws Exception {
    var nobody = nobody();
    for (var line : table()) {
      for (var method : List.of("HEAD", "PATCH", "PUT", "DELETE", "OPTIONS")) {
        if (line.what().equals("anybody") || line.method().equals(method)) {
          continue;
        }
        var asked = new Line(method, line.path(), line.what(), line.whose());
        assertThat(ask(asked, nobody).answer()).as(asked.address()).isNotEqualTo(Answer.IN);
      }
    }
  }

  // ---- the table

  private static List<Line> table() {
    return TABLE.lines().map(Line::of).toList();
  }

  private static Answer expected(Line line, Somebody who, String application) {
    if (who.role() == null) {
      return line.what().equals("anybody") && who.token() == null ? Answer.IN : Answer.UNKNOWN;
    }
    if (line.what().equals("anybody")) {
      return Answer.IN;
    }
    var roles =
        ROLES
            .lines()
            .map(it -> it.split(": ", 2))
            .collect(toMap(it -> it[0], it -> List.of(it[1].split(" "))));
    var isOwn = who.application() == null || who.application().equals(application);
    var isFar =
        switch (line.whose()) {
          case "own part" -> false;
          case "its application" -> !isOwn;
          case "server" -> who.application() != null;
          default -> throw new AssertionError(line.whose());
        };
    return roles.getOrDefault(line.what(), List.of()).contains(who.role()) && !isFar
        ? Answer.IN
        : Answer.REFUSED;
  }

  private Set<String> mapped() {
    var all = new TreeSet<String>();
    for (var mapping : context.getBeansOfType(HandlerMapping.class).values()) {
      if (mapping instanceof RequestMappingInfoHandlerMapping methods) {
        methods
            .getHandlerMethods()
            .keySet()
            .forEach(
                info -> {
                  var verbs = info.getMethodsCondition().getMethods();
                  for (var path : info.getPatternValues()) {
                    var plain = path.replace(":\\d{1,18}", "").replaceFirst("^$", "/");
                    if (verbs.isEmpty()) {
                      all.add("GET " + plain);
                    }
                    verbs.forEach(verb -> all.add(verb + " " + plain));
                  }
                });
      } else if (mapping instanceof AbstractUrlHandlerMapping urls) {
        urls.getHandlerMap().keySet().forEach(path -> all.add("GET " + path));
      }
    }
    return all;
  }

  // ---- everybody

  private List<Somebody> everybody() throws Exception {
    var all = new ArrayList<Somebody>();
    all.add(nobody());
    for (var role : List.of("viewer", "operator", "admin")) {
      all.add(person(role, null));
      all.add(program(role + " by a token of the configuration", role, null, role + "-token"));
      all.add(program(role + " by an API token", role, null, made(role, null)));
      for (var application : APPLICATIONS) {
        all.add(person(role, application));
        all.add(
            program(
                role + " of " + application + " by an API token",
                role,
                application,
                made(role, application)));
      }
    }
    all.add(program("an unknown token", null, null, "aviary_" + "a".repeat(43)));
    all.add(program("an expired token", null, null, without("expires_at")));
    all.add(program("a revoked token", null, null, without("revoked_at")));
    var left = made("admin", null);
    jdbc.sql("UPDATE api_token SET origin = 'password', owner = 'gone' WHERE prefix = ?")
        .param(left.substring(0, 12))
        .update();
    all.add(program("a token of somebody who has left", null, null, left));
    return all;
  }

  private static Somebody program(
      String name, @Nullable String role, @Nullable String application, String token) {
    return new Somebody(name, role, application, token, null, null);
  }

  /** Somebody who has signed in, in a browser. */
  private Somebody person(String role, @Nullable String application) throws Exception {
    var session = new MockHttpSession();
    session.setAttribute(
        HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY,
        new SecurityContextImpl(authentication(role, application)));
    return new Somebody(
        role + (application == null ? "" : " of " + application) + " in a browser",
        role,
        application,
        null,
        session,
        csrf("/tokens", session));
  }

  private Somebody nobody() throws Exception {
    var session = new MockHttpSession();
    return new Somebody("nobody", null, null, null, session, csrf("/login", session));
  }

  private String csrf(String page, MockHttpSession session) throws UnsupportedEncodingException {
    var found =
        CSRF.matcher(
            http.get().uri(page).session(session).exchange().getResponse().getContentAsString());
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  private static UsernamePasswordAuthenticationToken authentication(
      String role, @Nullable String application) {
    // Names of their own, because somebody's tokens are those of all their sessions.
    return UsernamePasswordAuthenticationToken.authenticated(
        "tern" + (application == null ? "" : APPLICATIONS.indexOf(application)) + "@hub",
        "",
        List.of(new Granted(Role.valueOf(role.toUpperCase(Locale.ROOT)), application)));
  }

  private String made(String role, @Nullable String application) {
    var owner = new Caller(authentication(role, application), "192.0.2.1", false, rights);
    return tokens
        .create(
            owner,
            "walk",
            Role.valueOf(role.toUpperCase(Locale.ROOT)),
            application == null ? List.of() : List.of(application),
            null)
        .value();
  }

  /** The value of a token whose time came. */
  private String without(String column) {
    var value = made("admin", null);
    jdbc.sql("UPDATE api_token SET " + column + " = ? WHERE prefix = ?")
        .params(
            Instant.now().minusSeconds(1).atOffset(java.time.ZoneOffset.UTC),
            value.substring(0, 12))
        .update();
    return value;
  }

  // ---- asking

  private Got ask(Line line, Somebody who) throws Exception {
    return ask(line, who, APPLICATIONS.getFirst(), Answer.REFUSED);
  }

  private Got ask(Line line, Somebody who, String application, Answer expected)
      throws IOException, InterruptedException {
    requests++;
    if (line.address().equals(ENDLESS) && expected == Answer.IN) {
      return who.token() == null
          ? new Got(Answer.IN, 200, "")
          : overHttp(path(line, application), who.token());
    }
    var request =
        http.method(HttpMethod.valueOf(line.method()))
            .uri(path(line, application))
            // What fails often from one address is not answered any more.
            .with(
                it -> {
                  it.setRemoteAddr("10.1.%d.%d".formatted(requests / 250, requests % 250));
                  return it;
                });
    if (line.changes()) {
      if (line.path().startsWith("/api/")) {
        request.contentType(MediaType.APPLICATION_JSON).content(body(line, application));
      } else {
        request
            .contentType(MediaType.APPLICATION_FORM_URLENCODED)
            .param("application", application)
            .param("name", "walk")
            .param("role", "VIEWER")
            .param("reason", "the fair");
      }
    }
    if (who.token() != null) {
      request.header(HttpHeaders.AUTHORIZATION, "Bearer " + who.token());
    }
    if (who.session() != null) {
      request.session(who.session());
    }
    if (who.csrf() != null) {
      request.header("X-CSRF-TOKEN", who.csrf());
    }
    var response = request.exchange().getResponse();
    return new Got(answer(response), response.getStatus(), response.getContentAsString());
  }

  private Got overHttp(String path, String token) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                  .header("Authorization", "Bearer " + token)
                  .build(),
              BodyHandlers.ofInputStream());
      response.body().close();
      return new Got(
          response.statusCode() == 200 ? Answer.IN : Answer.REFUSED, response.statusCode(), "");
    }
  }

  /** 404, 409 or 422 come from behind the door. */
  private static Answer answer(MockHttpServletResponse response) {
    var location = response.getHeader("Location");
    return switch (response.getStatus()) {
      case 401 -> Answer.UNKNOWN;
      case 302 -> location != null && location.endsWith("/login") ? Answer.UNKNOWN : Answer.IN;
      case 403 -> Answer.REFUSED;
      default -> Answer.IN;
    };
  }

  private String path(Line line, String application) {
    var path = EXAMPLES.getOrDefault(line.path(), line.path());
    var id =
        path.contains("/tokens/")
            ? NO_TOKEN
            : path.contains("/deliveries/")
                ? "of-" + application
                : path.contains("/runs/") ? String.valueOf(runs.get(application)) : "application";
    return path.replace("{id}", id)
        .replace("{name}", path.contains("/steps/") ? "verifyCanaryInProd" : application);
  }

  private static String body(Line line, String application) {
    return switch (line.path()) {
      case "/api/runs" -> "{\"application\": \"" + application + "\"}";
      case "/api/tokens" -> "{\"name\": \"walk\", \"role\": \"viewer\"}";
      case "/api/runs/{id}/judge" -> "{\"gates\": [{\"name\": \"verifyCanaryInProd\"}]}";
      case "/api/import/codefresh" -> "{\"canary\": \"\", \"production\": \"\"}";
      default -> line.path().endsWith("/freeze") ? "{\"reason\": \"the fair\"}" : "{}";
    };
  }

  private static String otherThan(String application) {
    return APPLICATIONS.stream().filter(it -> !it.equals(application)).findFirst().orElseThrow();
  }

  private static String excerpt(String body, String word) {
    var at = body.indexOf(word);
    return body.substring(Math.max(0, at - 80), Math.min(body.length(), at + 40)).strip();
  }
}
