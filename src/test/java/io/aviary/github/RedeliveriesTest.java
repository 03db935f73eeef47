package io.aviary.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.aviary.release.Actor;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.AviaryProperties;
import io.aviary.release.Deliveries;
import io.aviary.release.DeliveryFilter;
import io.aviary.release.DeliveryView;
import io.aviary.release.Page;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditEntry;
import io.aviary.release.audit.AuditFilter;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
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
    return new HooksClient(
        github.apiUrl(), new Connections(github, null, () -> NOW), JsonMapper.builder().build());
  }

  private GitHubWebhooks webhooks() {
    return new GitHubWebhooks(applications(), client(), SERVER, URI.create(url()), audit());
  }

  private Redeliveries redeliveries() {
    return new Redeliveries(applications(), new Known(), client(), SERVER, () -> NOW);
  }

  private static Applications applications() {
    var application =
        new ApplicationProperties(
            "ornithology",
            "otomato/ornithology",
            null,
            "master",
            null,
            "otom8",
            List.of("current", "previous"),
            ApplicationProperties.NewerCommit.SUPERSEDE,
            List.of(),
            List.of(),
            Map.of());
    return new Applications() {
      @Override
      public List<ApplicationProperties> all() {
        return List.of(application);
      }

      @Override
      public Optional<ApplicationProperties> find(String name) {
        return Optional.of(application).filter(it -> it.name().equals(name));
      }

      @Override
      public List<ApplicationProperties> ofRepository(String repository) {
        return List.of();
      }
    };
  }

  private Audit audit() {
    return new Audit() {
      @Override
      public void add(
          AuditEntry.Kind kind,
          Actor actor,
          String action,
          @Nullable String subject,
          @Nullable String application,
          @Nullable String why) {
        audited.add(actor.name() + " " + action + " " + subject);
      }

      @Override
      public Page<AuditEntry> search(AuditFilter filter, int page, int size) {
        return new Page<>(List.of(), page, size, 0);
      }

      @Override
      public int forgetBefore(Instant time) {
        return 0;
      }
    };
  }

  private final class Known implements Deliveries {
    @Override
    public Optional<DeliveryView> find(String id) {
      return seen.contains(id)
          ? Optional.of(
              new DeliveryView(
                  id,
                  "push",
                  null,
                  null,
                  null,
                  null,
                  null,
                  false,
                  false,
                  null,
                  null,
                  null,
                  NOW,
                  DeliveryView.Verdict.ACCEPTED,
                  "",
                  0,
                  null,
                  0,
                  false,
                  null,
                  List.of(),
                  List.of()))
          : Optional.empty();
    }

    @Override
    public Optional<DeliveryView> ofRun(long run) {
      return Optional.empty();
    }

    @Override
    public Page<DeliveryView> search(DeliveryFilter filter, int page, int size) {
      return new Page<>(List.of(), page, size, 0);
    }

    @Override
    public Optional<byte[]> body(String id) {
      return Optional.empty();
    }

    @Override
    public Optional<DeliveryView.Verdict> verdict(
        ApplicationProperties application, String revision) {
      return Optional.empty();
    }

    @Override
    public DeliveryView replay(String id, Actor actor) {
      throw new UnsupportedOperationException();
    }
  }
}
