package io.aviary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aviary.endtoend.World.Scene;
import io.aviary.simulation.ExampleCommits.Change;
import io.aviary.simulation.Pace;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Something that a release needs is away for a while: it says what, goes on trying, and ends as if
 * nothing had been.
 */
class OutagesIT {

  @TempDir Path folder;
  private SimulatedBackend backend;
  private World world;
  private Scene scene;

  @BeforeEach
  void start() {
    backend = SimulatedBackend.start(folder, Pace.BRISK);
    world = World.start(backend);
    scene = world.scene();
  }

  @AfterEach
  void stop() {
    world.close();
  }

  @Test
  void theClusterIsAwayDuringGate1() {
    var run = scene.push(scene.commit(), "A good one").run();
    scene.awaitStep(run, "deployCanary", "RUNNING");

    backend.cluster().away();
    scene.awaitReason(run, "deployCanary", backend.cluster().url());
    backend.cluster().back();

    var canary = scene.awaitEnd(run);
    assertThat(canary.status()).as(canary.reason()).isEqualTo("SUCCEEDED");
    assertThat(scene.awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
  }

  @Test
  void theClusterIsAwayWhileARunIsUndone() {
    scene.kubectlMadeProduction(9);
    var before = scene.productionPods();
    var run = scene.push(scene.commit(Change.NEVER_READY), "Never ready").run();
    scene.awaitStep(run, "deployCanary", "RUNNING");
    scene.awaitReason(run, "deployCanary", "Readiness probe failed");

    backend.cluster().away();
    scene.cancel(run, "while the cluster is away");
    scene.awaitReason(run, "rollbackCanary", backend.cluster().url());
    assertThat(scene.run(run).status()).isEqualTo("RUNNING");
    assertThat(scene.run(run).json().get("ending").asString()).isEqualTo("CANCELLED");
    backend.cluster().back();

    assertThat(scene.awaitEnd(run).status()).isEqualTo("CANCELLED");
    assertThat(scene.canaryObjects()).isEmpty();
    assertThat(scene.productionPods()).isEqualTo(before);
  }

  @Test
  void watchesAreCutAgainAndAgain() {
    var run = scene.push(scene.commit(), "A good one").run();
    for (var step : java.util.List.of("deployCanary", "testCanary", "triggerProdDeployment")) {
      await("the run gets to " + step)
          .atMost(backend.patience())
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                backend.cluster().cutWatches();
                return scene.hasBegun(run, step);
              });
    }

    var canary = scene.awaitEnd(run);
    assertThat(canary.status()).as(canary.reason()).isEqualTo("SUCCEEDED");
    assertThat(scene.awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
  }

  @Test
  void theRegistryIsAway() {
    backend.cluster().registry().away(true);
    var run = scene.push(scene.commit(), "A good one").run();
    scene.awaitReason(run, "buildAppImage", backend.registry());
    backend.cluster().registry().away(false);

    assertThat(scene.awaitEnd(run).status()).isEqualTo("SUCCEEDED");
  }
}
