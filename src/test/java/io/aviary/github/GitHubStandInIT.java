package io.aviary.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.aviary.database.InMemory;
import io.aviary.endtoend.SharedHub;
import io.aviary.release.Actor;
import io.aviary.release.HmacSha256;
import io.aviary.release.PipelineName;
import io.aviary.release.RunStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

/** The stand-in for GitHub at {@code TEST_GITHUB_URL}: its webhooks, and what it refuses. */
class GitHubStandInIT {

  private static final GitHubProperties BY_TOKEN =
      new GitHubProperties(null, true, true, false, true);

  private final SharedHub hub = SharedHub.demanded();
  private final String repository = "hub-" + Long.toString(System.nanoTime(), 36) + "/ornithology";
  private final EmbeddedDatabase database = InMemory.with("V1__runs.sql", "V7__github.sql");
  private final JdbcClient jdbc = JdbcClient.create(database);
  private final List<String> arrived = new CopyOnWriteArrayList<>();
  private volatile int answers = 202;
  private HttpServer door;

  @BeforeEach
  void aServerThatIsCalled() throws IOException {
    door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    door.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    door.createContext(
        "/webhooks/github",
        exchange -> {
          var body = exchange.getRequestBody().readAllBytes();
          var headers = exchange.getRequestHeaders();
          var isSigned =
              new HmacSha256("current")
                  .header(body)
                  .equals(headers.getFirst("X-Hub-Signature-256"));
          arrived.add(
              headers.getFirst("X-GitHub-Event")
                  + (isSigned ? " signed " : " by a stranger ")
                  + answers);
          exchange.sendResponseHeaders(answers, -1);
          exchange.close();
        });
    door.start();
  }

  @AfterEach
  void away() {
    door.stop(0);
    database.shutdown();
  }

  @Test
  void aWebhookIsMadeOnceAndADeliveryThatFailedIsAskedForAgainAndOnlyOnce() {
    var _ = hub.push(repository, Map.of("a", "b"), "one");
    var applications = new Reporting.OneApplication(repository);
    var api = URI.create(hub.apiUrl());
    var server = URI.create("http://127.0.0.1:" + door.getAddress().getPort());
    var hooks = reporting().hooks();
    var webhooks =
        new GitHubWebhooks(applications, hooks, server, api, new WrittenAudit(new ArrayList<>()));

    var hook = webhooks.register("ornithology", new Actor("wren", null));
    assertThat(hook.made()).isTrue();
    assertThat(webhooks.register("ornithology", new Actor("wren", null)))
        .as("the same one")
        .extracting(it -> it.id() + " " + it.made())
        .isEqualTo(hook.id() + " false");
    await().untilAsserted(() -> assertThat(arrived).containsExactly("ping signed 202"));

    answers = 500;
    var pushed = hub.push(repository, Map.of("a", "c"), "two").deliveries().getFirst();
    assertThat(pushed.statusCode()).isEqualTo(500);
    answers = 202;
    // What failed a moment ago may still be under way, so two minutes go by.
    InstantSource later = InstantSource.offset(InstantSource.system(), Duration.ofMinutes(2));
    var redeliveries =
        new Redeliveries(
            applications, new SeenDeliveries(Set.of(), later.instant()), hooks, server, later);

    assertThat(redeliveries.ask()).isEqualTo(1);
    await()
        .untilAsserted(
            () ->
                assertThat(hub.deliveries(repository))
                    .filteredOn(it -> it.guid().equals(pushed.guid()))
                    .extracting(it -> it.redelivery() + " " + it.statusCode())
                    .containsExactly("false 500", "true 202"));
    assertThat(redeliveries.ask()).as("it has arrived").isZero();
    assertThat(arrived).containsExactly("ping signed 202", "push signed 500", "push signed 202");
  }

  @Test
  void aCommitThatItDoesNotKnowIsShownAsRefused() {
    var _ = hub.push(repository, Map.of("a", "b"), "one");
    var world = reporting();

    world.happens(1, PipelineName.PRODUCTION, "f".repeat(40), RunStatus.SUCCEEDED, null);
    world.sends();

    assertThat(problem("STATUS")).startsWith("422").contains("No commit found");
    assertThat(problem("DEPLOYMENT")).startsWith("422");
  }

  @Test
  void aRepositoryThatIsNotThereIsShownAndFoundOnceItIs() {
    InstantSource later = InstantSource.offset(InstantSource.system(), Duration.ofMinutes(2));
    var runs = new ReportedRuns();
    var revision = hub.push("made-" + repository, Map.of("a", "b"), "one").revision();
    var world = reporting(runs, InstantSource.system());
    world.happens(1, PipelineName.CANARY, revision, RunStatus.SUCCEEDED, null);
    world.sends();
    assertThat(problem("STATUS")).startsWith("404");

    var there = hub.push(repository, Map.of("a", "b"), "one").revision();
    runs.is(1, PipelineName.CANARY, there, RunStatus.SUCCEEDED, null);
    reporting(runs, later).sends();

    assertThat(problem("STATUS")).isNull();
    assertThat(hub.statuses(repository))
        .singleElement()
        .extracting(it -> it.get("state").asString())
        .isEqualTo("success");
  }

  private Reporting reporting() {
    return reporting(new ReportedRuns(), InstantSource.system());
  }

  private Reporting reporting(ReportedRuns runs, InstantSource clock) {
    return new Reporting(jdbc, URI.create(hub.apiUrl()), BY_TOKEN, runs, clock, repository);
  }

  private @org.jspecify.annotations.Nullable String problem(String kind) {
    return (String)
        jdbc.sql("SELECT problem FROM github_report WHERE kind = ?")
            .param(kind)
            .query()
            .singleRow()
            .get("problem");
  }
}
