package io.aviary.github;

import static io.aviary.release.PipelineName.CANARY;
import static io.aviary.release.PipelineName.PRODUCTION;
import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.database.InMemory;
import io.aviary.github.GitHubsDescription.Checked;
import io.aviary.release.Actor;
import io.aviary.release.RunStatus;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

/** Each request that GitHub gets is one that GitHub describes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestsToGitHubTest {

  private static final String GOOD = "a".repeat(40);
  private static final String NEXT = "b".repeat(40);
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  private final EmbeddedDatabase database = InMemory.with("V1__runs.sql", "V7__github.sql");
  private final FakeGitHub github = new FakeGitHub();
  private GitHubsDescription description;

  @BeforeAll
  void gitHubDescribesItself() {
    description = GitHubsDescription.demanded();
  }

  @AfterAll
  void away() {
    github.close();
    database.shutdown();
  }

  @Test
  void everyKindOfRequestIsOneThatGitHubDescribes() {
    everythingThatIsReported();
    whatMayHaveBeenHeard();
    everythingAboutWebhooks();

    var checked =
        List.copyOf(github.requests).stream()
            .map(it -> description.check(it.method(), it.address(), it.body()))
            .toList();

    assertThat(checked.stream().flatMap(it -> it.faults().stream())).isEmpty();
    assertThat(checked.stream().map(Checked::operation).distinct())
        .as("what was asked at all")
        .containsExactlyInAnyOrder(
            "apps/get-authenticated",
            "apps/get-repo-installation",
            "apps/create-installation-access-token",
            "repos/get",
            "repos/create-commit-status",
            "repos/list-commit-statuses-for-ref",
            "repos/list-deployments",
            "repos/create-deployment",
            "repos/get-deployment",
            "repos/create-deployment-status",
            "repos/list-deployment-statuses",
            "repos/get-commit",
            "repos/list-pull-requests-associated-with-commit",
            "issues/list-comments",
            "issues/create-comment",
            "issues/update-comment",
            "repos/list-webhooks",
            "repos/create-webhook",
            "repos/list-webhook-deliveries",
            "repos/redeliver-webhook-delivery");
  }

  private void everythingThatIsReported() {
    var runs = new ReportedRuns();
    var world =
        new Reporting(
            JdbcClient.create(database), github.url(), AppKey.properties(), runs, () -> NOW);
    long run = 0;
    for (var pipeline : List.of(CANARY, PRODUCTION)) {
      for (var status : RunStatus.values()) {
        run++;
        var revision = run % 2 == 0 ? GOOD : NEXT;
        world.happens(run, pipeline, revision, RunStatus.QUEUED, null);
        world.sends();
        world.happens(run, pipeline, revision, status, "because of “x” ".repeat(40));
        world.sends();
      }
    }
  }

  private void whatMayHaveBeenHeard() {
    var now = new AtomicReference<>(NOW);
    var world =
        new Reporting(
            JdbcClient.create(database),
            github.url(),
            AppKey.properties(),
            new ReportedRuns(),
            now::get);
    github.loseAnswers(true);
    world.happens(100, PRODUCTION, GOOD, RunStatus.SUCCEEDED, null);
    world.sends();
    github.loseAnswers(false);
    now.set(NOW.plusSeconds(10));
    world.sends();
  }

  private void everythingAboutWebhooks() {
    var applications = new Reporting.OneApplication("otomato/ornithology");
    var server = URI.create("https://aviary.example/");
    var world =
        new Reporting(
            JdbcClient.create(database),
            github.url(),
            new GitHubProperties(null, true, true, false, true),
            new ReportedRuns(),
            () -> NOW);
    var hooks = world.hooks();
    var made =
        new GitHubWebhooks(
                applications, hooks, server, github.url(), new WrittenAudit(new ArrayList<>()))
            .register("ornithology", new Actor("wren", null));
    assertThat(made.made()).isTrue();
    github.deliveryFailed(12, NOW.minus(Duration.ofMinutes(5)));
    assertThat(
            new Redeliveries(
                    applications, new SeenDeliveries(Set.of(), NOW), hooks, server, () -> NOW)
                .ask())
        .isEqualTo(1);
  }

  /** The check itself: each kind of mistake is one. */
  @Test
  void whatGitHubDoesNotDescribeIsFound() {
    var status = "/repos/otomato/ornithology/statuses/" + GOOD;
    var deployed = "/repos/otomato/ornithology/deployments/7/statuses";
    var wrong =
        Map.of(
            new FakeGitHub.Request("POST", status, "{\"state\": \"fine\"}"),
            "body",
            new FakeGitHub.Request("POST", status, "{}"),
            "state",
            new FakeGitHub.Request("POST", status, ""),
            "the body is missing",
            new FakeGitHub.Request("POST", status, "{\"state\": \"error\", \"why\": \"x\"}"),
            "'why'",
            new FakeGitHub.Request("POST", deployed, "{\"state\": \"in-progress\"}"),
            "body",
            new FakeGitHub.Request("PUT", status, "{\"state\": \"error\"}"),
            "no PUT",
            new FakeGitHub.Request("GET", "/repos/otomato/ornithology/hooks?per-page=9", ""),
            "no parameter per-page",
            new FakeGitHub.Request("GET", "/repos/otomato/ornithology/hooks?per_page=many", ""),
            "query per_page",
            new FakeGitHub.Request("GET", "/repos/otomato/ornithology/hooks/x/deliveries", ""),
            "path hook_id");
    wrong.forEach(
        (request, fault) ->
            assertThat(
                    description.check(request.method(), request.address(), request.body()).faults())
                .as(request.toString())
                .singleElement()
                .asString()
                .contains(fault));
    assertThat(description.check("POST", status, "{\"state\": \"error\"}").faults()).isEmpty();
  }
}
