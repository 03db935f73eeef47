package io.aviary.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditEntry;
import io.aviary.release.audit.AuditFilter;
import io.aviary.web.TestServer;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.web.util.UriComponentsBuilder;

/** People for whom a provider vouches. */
@SpringBootTest(
    classes = TestServer.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:providers",
      "db-scheduler.enabled=false",
      "aviary.security.users[0].name=tern",
      "aviary.security.users[0].role=viewer",
      "aviary.security.users[0].password={noop}sea",
      "aviary.applications[0].name=ornithology",
      "aviary.applications[0].repository=otomato/ornithology",
      "aviary.applications[0].namespace=otom8",
      "aviary.applications[0].webhook-secrets=s",
      "aviary.applications[1].name=warbler",
      "aviary.applications[1].repository=otomato/warbler",
      "aviary.applications[1].namespace=warbler",
      "aviary.applications[1].webhook-secrets=s",
    })
@AutoConfigureMockMvc
class ProvidersTest {

  private static final List<String> PROPERTIES =
      List.of(
          "[0].name=corporate",
          "[0].kind=oidc",
          "[0].client-id=aviary",
          "[0].client-secret=between-us",
          "[0].roles[0].group=birds",
          "[0].roles[0].role=operator",
          "[0].roles[0].applications=ornithology",
          "[0].roles[1].group=platform",
          "[0].roles[1].role=admin",
          "[1].name=hub",
          "[1].kind=github",
          "[1].client-id=aviary",
          "[1].client-secret=between-us",
          "[1].roles[0].group=otomato/birds",
          "[1].roles[0].role=operator");

  private static final FakeProvider PROVIDER = new FakeProvider();

  @DynamicPropertySource
  static void addresses(DynamicPropertyRegistry registry) {
    // A list comes from one source as a whole.
    for (var property : PROPERTIES) {
      var parts = property.split("=", 2);
      registry.add("aviary.security.sign-in.providers" + parts[0], () -> parts[1]);
    }
    registry.add("aviary.security.sign-in.providers[0].url", PROVIDER::url);
    registry.add("aviary.security.sign-in.providers[1].url", PROVIDER::url);
    registry.add("aviary.security.sign-in.providers[1].api-url", PROVIDER::url);
  }

  @AfterAll
  static void away() {
    PROVIDER.close();
  }

  @Autowired MockMvcTester http;
  @Autowired Audit audit;

  @Test
  void theSignInPageOffersThem() {
    assertThat(http.get().uri("/login"))
        .bodyText()
        .contains("/oauth2/authorization/corporate", "/oauth2/authorization/hub");
  }

  @Test
  void aGroupGivesARoleForItsApplicationsOnly() {
    PROVIDER.groups = List.of("birds");
    var session = new MockHttpSession();

    assertThat(signIn("corporate", session)).hasRedirectedUrl("/");

    assertThat(get("/api/applications", session))
        .bodyText()
        .contains("ornithology")
        .doesNotContain("warbler");
    assertThat(get("/api/applications/warbler", session)).hasStatus(403);
    assertThat(get("/audit", session)).hasStatus(403);
    assertThat(audit.search(AuditFilter.ALL, 0, 20).items())
        .anyMatch(
            it ->
                it.kind() == AuditEntry.Kind.SIGN_IN
                    && it.person().equals("tern@corporate")
                    && "as operator of ornithology".equals(it.why()));
  }

  @Test
  void anotherGroupGivesAnother() {
    PROVIDER.groups = List.of("platform", "nobody-knows");
    var session = new MockHttpSession();
    signIn("corporate", session);

    assertThat(get("/audit", session)).hasStatusOk().bodyText().contains("tern@corporate");
  }

  @Test
  void whoHasNoRoleIsNotLetIn() {
    PROVIDER.groups = List.of("strangers");
    var session = new MockHttpSession();

    assertThat(signIn("corporate", session)).hasRedirectedUrl("/login?refused");
    assertThat(get("/api/applications", session)).hasStatus(401);
    assertThat(signIn("hub", new MockHttpSession())).hasRedirectedUrl("/login?refused");
  }

  @Test
  void teamsOfGitHubAreGroups() {
    PROVIDER.groups = List.of("otomato/birds");
    var session = new MockHttpSession();

    assertThat(signIn("hub", session)).hasRedirectedUrl("/");
    assertThat(get("/api/applications", session)).bodyText().contains("warbler");
    assertThat(get("/tokens", session)).bodyText().contains("tern@hub");
  }

  @Test
  void anAnswerThatNobodyAskedForIsRefused() {
    assertThat(
            http.get()
                .uri("/login/oauth2/code/corporate?code=c&state=made-up")
                .session(new MockHttpSession()))
        .hasRedirectedUrl("/login?refused");
  }

  private MvcTestResult signIn(String provider, MockHttpSession session) {
    var asked = http.get().uri("/oauth2/authorization/" + provider).session(session).exchange();
    var to =
        UriComponentsBuilder.fromUri(
                URI.create(Objects.requireNonNull(asked.getResponse().getHeader("Location"))))
            .build()
            .getQueryParams();
    var state =
        java.net.URLDecoder.decode(
            Objects.requireNonNull(to.getFirst("state")), java.nio.charset.StandardCharsets.UTF_8);
    PROVIDER.nonce = to.getFirst("nonce");
    return http.get()
        .uri("/login/oauth2/code/{provider}?code=c&state={state}", provider, state)
        .session(session)
        .exchange();
  }

  private MvcTestResult get(String path, MockHttpSession session) {
    return http.get().uri(path).session(session).exchange();
  }
}
