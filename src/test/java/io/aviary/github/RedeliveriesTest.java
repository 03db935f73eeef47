package io.aviary.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.aviary.release.Actor;
import io.aviary.release.Applications;
import io.aviary.release.AviaryProperties;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.audit.Audit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Webhooks are made once, and what they did not bring is asked for again. */
class RedeliveriesTest {

  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  private static final URI SERVER = URI.create("https://aviary.example/");
  private static final String HOOKS = "/repos/otomato/ornithology/hooks";

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> hooks = new CopyOnWriteArrayList<>();
  private final List<List<String>> pages = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private final List<String> audited = new ArrayList<>();
  private int refuses;
  private final HttpServer github = server();

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeEach
  void answers() {
    github.createContext(
        "/",
        exchange -> {
          var path = exchange.getRequestURI().toString();
          var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          asked.add(
              exchange.getRequestMethod()
                  + " "
                  + path
                  + (body.isEmpty() ? "" : " " + body)
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          var answer = "{}";
          if (path.startsWith(HOOKS + "?")) {
            answer = hooks.toString();
          } else if (path.contains("/deliveries?")) {
            var page = path.contains("page=2") ? 1 : 0;
            answer = page < pages.size() ? pages.get(page).toString() : "[]";
            if (page == 0 && pages.size() > 1) {
              exchange
                  .getResponseHeaders()
                  .add("Link", "<" + url() + HOOKS + "/7/deliveries?page=2>; rel=\"next\"");
            }
          } else if (path.equals(HOOKS)) {
            answer = "{\"id\": 7}";
          }
          var bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(refuses == 0 ? 200 : refuses, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    github.start();
  }

  @AfterEach
  void away() {
    github.stop(0);
  }

  @Test
  void aWebhookIsMadeOnceWithTheSecretAndIsOnRecord() {
    var webhooks = webhooks();

    assertThat(webhooks.register("ornithology", new Actor("wren", null)).made()).isTrue();
    thereIsAHook();
    assertThat(webhooks.register("ornithology", new Actor("wren", null)).made()).isFalse();

    assertThat(asked.get(1))
        .startsWith("POST " + HOOKS + " ")
        .contains("\"url\":\"https://aviary.example/webhooks/github\"")
        .contains("\"secret\":\"current\"")
        .contains("\"events\":[\"push\"]")
        .endsWith("Bearer ghp_x");
    assertThat(asked.stream().filter(it -> it.startsWith("POST"))).hasSize(1);
    assertThat(audited)
        .containsExactly(
            "wren create webhook otomato/ornithology → https://aviary.example/webhooks/github");
  }

  @Test
  void whatGitHubRefusesIsSaidWithWhatToDo() {
    refuses = 403;
    assertThatThrownBy(() -> webhooks().register("ornithology", new Actor("wren", null)))
        .isInstanceOf(ReleaseRefusedException.class)
        .hasMessageContaining("403")
        .hasMessageContaining("admin:repo_hook");
    assertThatThrownBy(() -> webhooks().register("warbler", new Actor("wren", null)))
        .hasMessageContaining("no application 'warbler'");
  }

  @Test
  void gitHubItselfCannotReachThisMachine() {
    var webhooks =
        new GitHubWebhooks(
            applications(),
            client(),
            URI.create("http://localhost:8080"),
            URI.create("https://api.github.com"),
            audit());
    assertThatThrownBy(() -> webhooks.register("ornithology", new Actor("wren", null)))
        .hasMessageContaining("set aviary.url");
  }

  @Test
  void whatDidNotArriveIsAskedForAgainTheOldestFirst() {
    thereIsAHook();
    pages.add(
        List.of(
            attempt(9, "late", "push", 502, Duration.ofMinutes(5)),
            attempt(8, "fine", "push", 202, Duration.ofMinutes(6)),
            attempt(7, "repaired", "push", 202, Duration.ofMinutes(7)),
            attempt(6, "pinged", "ping", 500, Duration.ofMinutes(8))));
    pages.add(
        List.of(
            attempt(5, "repaired", "push", 500, Duration.ofMinutes(9)),
            attempt(4, "known", "push", 504, Duration.ofMinutes(10)),
            attempt(3, "early", "push", 0, Duration.ofHours(2)),
            attempt(2, "old", "push", 500, Duration.ofDays(4))));
    seen.add("known");

    assertThat(redeliveries().ask()).isEqualTo(2);

    assertThat(asked.stream().filter(it -> it.startsWith("POST")).toList())
        .containsExactly(
            "POST " + HOOKS + "/7/deliveries/3/attempts Bearer ghp_x",
            "POST " + HOOKS + "/7/deliveries/9/attempts Bearer ghp_x");
  }

  @Test
  void whatFailsAgainAndAgainIsNotAskedForForEver() {
    thereIsAHook();
    pages.add(
        List.of(
            attempt(9, "bad", "push", 500, Duration.ofMinutes(10)),
            attempt(8, "bad", "push", 500, Duration.ofMinutes(20)),
            attempt(7, "bad", "push", 500, Duration.ofMinutes(30)),
            attempt(6, "bad", "push", 500, Duration.ofMinutes(40)),
            attempt(5, "bad", "push", 500, Duration.ofMinutes(50)),
            attempt(4, "young", "push", 500, Duration.ofSeconds(5))));

    assertThat(redeliveries().ask()).isZero();
  }

  @Test
  void anOutageIsNoFault() {
    refuses = 500;
    assertThat(redeliveries().ask()).isZero();
  }

  // ---- what a test is made of

  private String url() {
    return "http://localhost:" + github.getAddress().getPort();
  }

  private void thereIsAHook() {
    hooks.add("{\"id\": 7, \"config\": {\"url\": \"https://aviary.example/webhooks/github\"}}");
  }

  private static String attempt(long id, String guid, String event, int status, Duration ago) {
    return "{\"id\": %d, \"guid\": \"%s\", \"event\": \"%s\", \"status_code\": %d, \"delivered_at\": \"%s\"}"
        .formatted(id, guid, event, status, NOW.minus(ago));
  }

  private HooksClient client() {
    var github = new AviaryProperties.GitHub(URI.create(url()), "ghp_x");
    var connections = new Connections(() -> github, null, () -> NOW);
    return new HooksClient(
        new GitHubRest(github.apiUrl(), connections, JsonMapper.builder().build()));
  }

  private GitHubWebhooks webhooks() {
    return new GitHubWebhooks(applications(), client(), SERVER, URI.create(url()), audit());
  }

  private Redeliveries redeliveries() {
    return new Redeliveries(
        applications(), new SeenDeliveries(seen, NOW), client(), SERVER, () -> NOW);
  }

  private static Applications applications() {
    return new Reporting.OneApplication("otomato/ornithology");
  }

  private Audit audit() {
    return new WrittenAudit(audited);
  }
}
