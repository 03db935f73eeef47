package io.aviary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.Hub;
import io.aviary.simulation.Pace;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What the stand-in for GitHub at {@code TEST_GITHUB_URL} hears of whole releases, whose cluster is
 * simulated.
 */
class GitHubReportsIT extends SceneSuite {

  @TempDir static Path folder;

  @Override
  Backend backend() {
    var hub = SharedHub.demanded();
    return new BesideGitHub(SimulatedBackend.start(folder, Pace.BRISK), hub);
  }

  @Test
  void aReleaseIsToldInOrderEachStateOnceAndTheNewestLast() {
    var canary = scene().awaitEnd(scene().push(commit(), "One").run());
    var production = scene().awaitEnd(canary.child());
    assertThat(production.status()).isEqualTo("SUCCEEDED");

    awaitTold("canary", "success");
    awaitTold("production", "success");
    for (var pipeline : List.of("canary", "production")) {
      var told = statuses(scene(), pipeline);
      // Between two steps it may say the same as between two others.
      assertThat(told).as(pipeline).hasSizeBetween(1, 30);
      assertThat(IntStream.range(1, told.size()))
          .noneMatch(each -> told.get(each).equals(told.get(each - 1)));
      assertThat(told.subList(0, told.size() - 1)).allMatch(it -> it.startsWith("pending "));
      assertThat(told.getLast()).isEqualTo("success succeeded");
    }
    var deployments = awaitDeployments("success");
    assertThat(deployments).hasSize(1);
    var deployment = deployments.getFirst();
    assertThat(deployment.get("environment").asString()).isEqualTo(scene().application());
    assertThat(deployment.get("sha").asString()).isEqualTo(canary.revision());
    assertThat(deployment.get("production_environment").asBoolean()).isTrue();
    var states = states(deployment);
    assertThat(states).containsOnlyOnce("success").endsWith("success");
    assertThat(states.subList(0, states.size() - 1))
        .allMatch(it -> List.of("queued", "pending").contains(it));
    assertThat(deployment.get("statuses").valueStream().map(it -> it.get("log_url").asString()))
        .allMatch(it -> it.endsWith("/runs/" + canary.child()));
  }

  @Test
  void theNextReleaseMakesTheOneBeforeInactive() {
    var first = scene().awaitEnd(scene().push(commit(), "One").run());
    assertThat(scene().awaitEnd(first.child()).status()).isEqualTo("SUCCEEDED");
    // The stand-in answers 500 where two write to one repository at a time.
    awaitTold("production", "success");
    var second = scene().awaitEnd(scene().push(commit(), "Two").run());
    assertThat(scene().awaitEnd(second.child()).status()).isEqualTo("SUCCEEDED");

    var deployments = awaitDeployments("inactive");

    assertThat(deployments).hasSize(2);
    assertThat(deployments.stream().map(it -> it.get("sha").asString()))
        .as("the newest first")
        .containsExactly(second.revision(), first.revision());
    // The one before is set inactive after the new one is a success.
    assertThat(states(deployments.getFirst())).containsOnlyOnce("success").endsWith("success");
    assertThat(states(deployments.getLast())).containsOnlyOnce("success").endsWith("inactive");
  }

  @Test
  void aRollbackIsAFailureWithItsReasonAndNoDeployment() {
    var run =
        scene()
            .awaitEnd(scene().push(commit(ExampleCommits.Change.BIRD_IS_LOST), "Lose birds").run());
    assertThat(run.status()).isEqualTo("ROLLED_BACK");

    awaitTold("canary", "failure");

    assertThat(statuses(scene(), "canary").getLast())
        .isEqualTo("failure rolled back: testCanary: the test ended with exit code 1");
    assertThat(scene().deployments()).isEmpty();
  }

  // ----

  private static ExampleCommits commit(ExampleCommits.Change... changes) {
    return scene().commit(changes);
  }

  private void awaitTold(String pipeline, String state) {
    // Awaitility asks in another thread, which has no scene.
    var scene = scene();
    await(pipeline + " is told to be " + state)
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> statuses(scene, pipeline),
            told -> !told.isEmpty() && told.getLast().startsWith(state + " "));
  }

  /** Of this test's application, the oldest first. */
  private static List<String> statuses(World.Scene scene, String pipeline) {
    var told = new ArrayList<String>();
    for (var status : scene.statuses().reversed()) {
      if (status
          .get("context")
          .asString()
          .equals("aviary/" + scene.application() + "/" + pipeline)) {
        told.add(status.get("state").asString() + " " + status.get("description").asString());
      }
    }
    return told;
  }

  /** Once the oldest one's newest state is this. */
  private static List<JsonNode> awaitDeployments(String state) {
    var scene = scene();
    return await("the first deployment is told to be " + state)
        .atMost(Duration.ofSeconds(30))
        .until(scene::deployments, it -> isOver(it, state));
  }

  /** Of the oldest one. */
  private static boolean isOver(List<JsonNode> deployments, String state) {
    return !deployments.isEmpty()
        && !states(deployments.getLast()).isEmpty()
        && states(deployments.getLast()).getLast().equals(state);
  }

  /** The oldest first. */
  private static List<String> states(JsonNode deployment) {
    return deployment
        .get("statuses")
        .valueStream()
        .map(it -> it.get("state").asString())
        .toList()
        .reversed();
  }

  /** The simulated cluster, with another GitHub than its own. */
  private record BesideGitHub(SimulatedBackend cluster, Hub hub) implements Backend {

    @Override
    public String words() {
      return cluster.words() + "; GitHub is the stand-in at " + hub.apiUrl();
    }

    @Override
    public Path kubeconfig() {
      return cluster.kubeconfig();
    }

    @Override
    public String registry() {
      return cluster.registry();
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("aviary.github.token", "end-to-end");
    }

    @Override
    public KubernetesClient client() {
      return cluster.client();
    }

    @Override
    public Duration patience() {
      return cluster.patience();
    }

    @Override
    public void close() {
      cluster.close();
    }
  }
}
