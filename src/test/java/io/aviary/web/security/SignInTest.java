package io.aviary.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditEntry;
import io.aviary.release.audit.AuditFilter;
import io.aviary.web.ExamplePages;
import io.aviary.web.FakeDeliveries;
import io.aviary.web.TestServer;
import java.io.UnsupportedEncodingException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** What makes guessing slow and useless, and what a browser is told so that a page stays ours. */
@SpringBootTest(
    classes = TestServer.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:sign-in",
      "db-scheduler.enabled=false",
      "aviary.url=https://aviary.example",
      "aviary.security.limits.sign-ins=5",
      "aviary.security.limits.tokens=5",
      "aviary.security.tokens[0].name=root",
      "aviary.security.tokens[0].role=admin",
      "aviary.security.tokens[0].value=admin-token",
      "aviary.applications[0].name=ornithology",
      "aviary.applications[0].repository=otomato/ornithology",
      "aviary.applications[0].namespace=otom8",
      "aviary.applications[0].webhook-secrets=s",
    })
@AutoConfigureMockMvc
class SignInTest {

  private static final Pattern CSRF = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  /** One more than by default: what the password of a name that is not there must cost, too. */
  private static final int COST = 11;

  @DynamicPropertySource
  static void people(DynamicPropertyRegistry registry) {
    registry.add("aviary.security.users[0].name", () -> "tern");
    registry.add("aviary.security.users[0].role", () -> "admin");
    registry.add(
        "aviary.security.users[0].password",
        () -> "{bcrypt}" + new BCryptPasswordEncoder(COST).encode("sea"));
    registry.add("aviary.security.users[1].name", () -> "wren");
    registry.add("aviary.security.users[1].role", () -> "viewer");
    registry.add(
        "aviary.security.users[1].password",
        () -> "{bcrypt}" + new BCryptPasswordEncoder(4).encode("hedge"));
  }

  @Autowired MockMvcTester http;
  @Autowired ApplicationContext context;
  @Autowired UserDetailsService people;
  @Autowired PasswordEncoder encoder;
  @Autowired Audit audit;
  @Autowired FakeDeliveries deliveries;
  @LocalServerPort int port;

  // ---- guessing

  @Test
  void aNameThatIsNotThereIsAnsweredLikeAWrongPassword() throws Exception {
    var wrong = attempt("198.51.100.1", "tern", "no");

    for (var name : List.of("nobody", "TERN", "tern ", "", "' OR 1=1 --")) {
      var unknown = attempt("198.51.100.2", name, "no");
      assertThat(unknown.getStatus()).as(name).isEqualTo(wrong.getStatus());
      assertThat(headers(unknown)).as(name).isEqualTo(headers(wrong));
      assertThat(unknown.getContentAsString()).as(name).isEqualTo(wrong.getContentAsString());
    }
    assertThat(wrong.getHeader("Location")).endsWith("/login?error");
  }

  /** The time tells nothing either; {@link PasswordsTest} counts all of the work. */
  @Test
  void aNameThatIsNotThereCostsAsMuchAsAWrongPassword() {
    var compared = new ArrayList<String>();
    var counting =
        new PasswordEncoder() {
          @Override
          public @Nullable String encode(@Nullable CharSequence password) {
            return encoder.encode(password);
          }

          @Override
          public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
            compared.add(Objects.requireNonNull(hash).substring(0, "{bcrypt}$2a$11$".length()));
            return encoder.matches(password, hash);
          }
        };
    var provider = new DaoAuthenticationProvider(people);
    provider.setPasswordEncoder(counting);

    for (var name : List.of("tern", "nobody")) {
      assertThatThrownBy(
              () ->
                  provider.authenticate(
                      UsernamePasswordAuthenticationToken.unauthenticated(name, "no")))
          .isInstanceOf(BadCredentialsException.class)
          .hasMessage("Bad credentials");
    }

    assertThat(compared)
        .as("the cheaper one is made up for")
        .containsExactly("{bcrypt}$2a$11$", "{bcrypt}$2a$04$");
  }

  @Test
  void whoeverGuessesPasswordsHasToWait() throws Exception {
    var address = "198.51.100.3";
    for (var guess = 1; guess <= 5; guess++) {
      assertThat(attempt(address, "wren", "guess " + guess).getHeader("Location"))
          .endsWith("/login?error");
    }

    var refused = attempt(address, "wren", "hedge");
    assertThat(refused.getStatus()).as("even with the right one").isEqualTo(429);
    assertThat(refused.getHeader("Retry-After")).isEqualTo("60");
    assertThat(refused.getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    assertThat(attempt("198.51.100.4", "wren", "hedge").getHeader("Location"))
        .as("somebody elsewhere")
        .doesNotContain("/login");
  }

  @Test
  void signingInOftenCostsNothing() throws Exception {
    for (var time = 1; time <= 8; time++) {
      assertThat(attempt("198.51.100.5", "wren", "hedge").getHeader("Location"))
          .doesNotContain("/login");
    }
  }

  @Test
  void whoeverGuessesTokensHasToWait() {
    for (var guess = 1; guess <= 5; guess++) {
      assertThat(byToken("198.51.100.6", "guess-" + guess)).isEqualTo(401);
    }

    assertThat(byToken("198.51.100.6", "admin-token")).isEqualTo(429);
    assertThat(byToken("198.51.100.7", "admin-token")).isEqualTo(200);
  }

  // ---- what a browser is told

  @Test
  void theSessionsCookieIsForThisServerOnlyAndChangesWithTheSignIn() throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var page = client.send(to("/login").build(), BodyHandlers.ofString());
      var before = cookie(page);
      assertThat(before).contains("; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/");
      assertThat(before).doesNotContain("Domain=");

      var form = "username=wren&password=hedge&_csrf=" + csrf(page.body());
      var signedIn =
          client.send(
              to("/login")
                  .header("Cookie", before.replaceFirst(";.*", ""))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.ofString(form))
                  .build(),
              BodyHandlers.ofString());
      assertThat(signedIn.statusCode()).isEqualTo(302);
      assertThat(cookie(signedIn)).contains("; HttpOnly", "; SameSite=Lax", "; Secure");
      assertThat(cookie(signedIn).replaceFirst(";.*", ""))
          .isNotEqualTo(before.replaceFirst(";.*", ""));
    }
  }

  /** Nothing of a page may run but files of this server. */
  @Test
  void noPageHasAnythingInline() throws Exception {
    var pages = new ArrayList<>(ExamplePages.of(context).values());
    pages.addAll(
        List.of(
            "/login",
            "/login?error",
            "/login?out",
            "/nothing-here",
            "/runs/99999",
            "/tokens?all=true"));
    for (var page : pages) {
      var answer =
          http.get()
              .uri(page)
              .accept(MediaType.TEXT_HTML)
              .header("Authorization", "Bearer admin-token")
              .exchange()
              .getResponse();
      assertThat(policy(answer)).as(page).containsEntry("script-src", "'self'");
      assertThat(policy(answer))
          .as(page)
          .containsEntry("default-src", "'none'")
          .containsEntry("style-src", "'self'")
          .containsEntry("base-uri", "'none'")
          .containsEntry("form-action", "'self'")
          .containsEntry("frame-ancestors", "'none'");
      assertThat(answer.getHeader("X-Content-Type-Options")).as(page).isEqualTo("nosniff");
      assertThat(inline(answer.getContentAsString())).as(page).isEmpty();
    }
  }

  /** What the policy would stop in a browser. */
  private static List<String> inline(String html) {
    return Pattern.compile(
            "<script(?![^>]*\\ssrc=)[^>]*>|<style|\\sstyle=|\\son\\w+=\"|javascript:|(?:src|href)=\"(?:https?:)?//(?!github)[^\"]*\\.(?:js|css)")
        .matcher(html)
        .results()
        .map(it -> it.group())
        .toList();
  }

  // ---- what is on record

  @Test
  void eachKindOfDeedHasItsLine() throws Exception {
    deliveries.add("d-9", Verdict.IGNORED, "another branch", null);
    attempt("198.51.100.8", "wren", "hedge");
    attempt("198.51.100.9", "wren", "no");
    act("POST", "/api/deliveries/d-9/replay", "{}");
    act("GET", "/api/deliveries/d-9/body", null);
    act("PUT", "/api/applications/ornithology/freeze", "{\"reason\": \"the fair\"}");
    act("DELETE", "/api/applications/ornithology/freeze", null);
    act("POST", "/api/tokens", "{\"name\": \"deploy\", \"role\": \"viewer\"}");

    var lines =
        audit.search(AuditFilter.ALL, 0, 100).items().stream()
            .map(SignInTest::line)
            .collect(Collectors.toSet());

    assertThat(lines)
        .contains(
            "SIGN_IN wren at 198.51.100.8: sign in, because: as viewer",
            "REFUSAL wren at 198.51.100.9: sign in, because: Bad credentials",
            "REPLAY root at 198.51.100.10: replay delivery d-9, because: null",
            "SYSTEM root at 198.51.100.10: read body delivery d-9, because: null",
            "DECISION root at 198.51.100.10: set freeze application ornithology, because: the fair",
            "DECISION root at 198.51.100.10: remove freeze application ornithology, because: null");
    assertThat(lines).anyMatch(it -> it.startsWith("TOKEN root at 198.51.100.10: create token "));
    assertThat(lines)
        .anyMatch(it -> it.matches("CONFIGURATION aviary at null: start .*configuration, .*"));
  }

  private static String line(AuditEntry it) {
    return it.kind()
        + " "
        + it.person()
        + " at "
        + it.address()
        + ": "
        + it.action()
        + (it.subject() == null ? "" : " " + it.subject())
        + ", because: "
        + it.why();
  }

  // ----

  private void act(String method, String path, @Nullable String body) {
    var request =
        http.method(HttpMethod.valueOf(method))
            .uri(path)
            .contentType(MediaType.APPLICATION_JSON)
            .header("Authorization", "Bearer admin-token")
            .with(
                it -> {
                  it.setRemoteAddr("198.51.100.10");
                  return it;
                });
    assertThat((body == null ? request : request.content(body)).exchange())
        .hasStatus2xxSuccessful();
  }

  private int byToken(String address, String token) {
    return http.get()
        .uri("/api/runs")
        .header("Authorization", "Bearer " + token)
        .with(
            it -> {
              it.setRemoteAddr(address);
              return it;
            })
        .exchange()
        .getResponse()
        .getStatus();
  }

  private MockHttpServletResponse attempt(String address, String name, String password)
      throws UnsupportedEncodingException {
    var session = new MockHttpSession();
    var page = http.get().uri("/login").session(session).exchange().getResponse();
    return http.post()
        .uri("/login")
        .session(session)
        .with(
            it -> {
              it.setRemoteAddr(address);
              return it;
            })
        .param("username", name)
        .param("password", password)
        .param(
            "_csrf",
            CSRF.matcher(page.getContentAsString()).results().findFirst().orElseThrow().group(1))
        .exchange()
        .getResponse();
  }

  private static List<String> headers(MockHttpServletResponse response) {
    return response.getHeaderNames().stream()
        .sorted()
        .map(name -> name + ": " + response.getHeaders(name))
        .toList();
  }

  private static java.util.Map<String, String> policy(MockHttpServletResponse response) {
    var header = Objects.requireNonNull(response.getHeader("Content-Security-Policy"));
    return java.util.Arrays.stream(header.split(";\\s*"))
        .map(it -> it.split(" ", 2))
        .collect(Collectors.toMap(it -> it[0], it -> it[1]));
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
  }

  private static String cookie(HttpResponse<String> response) {
    return response.headers().firstValue("Set-Cookie").orElseThrow();
  }

  private static String csrf(String page) {
    return URLEncoder.encode(
        CSRF.matcher(page).results().findFirst().orElseThrow().group(1), StandardCharsets.UTF_8);
  }
}
