package io.aviary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.simulation.ExampleCommits.Change;
import io.aviary.simulation.Pace;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server's process is killed in the middle of a release, again and again. */
class CrashIT {

  @TempDir Path folder;

  @Test
  void aReleaseGoesOnWhereItStood() {
    try (var world =
        World.startKillable(
            SimulatedBackend.start(folder, Pace.WATCHABLE), folder.resolve("database"))) {
      var scene = world.scene();
      scene.kubectlMadeProduction(9);
      var pushed = scene.push(scene.commit(), "Killed again and again");
      var run = pushed.run();
      for (var step : List.of("buildAppImage", "deployCanary", "verifyCanaryInProd")) {
        scene.awaitStep(run, step, "RUNNING");
        world.killAndStartAgain();
      }

      var canary = scene.awaitEnd(run);
      assertThat(canary.status()).as(canary.reason()).isEqualTo("SUCCEEDED");
      assertThat(scene.awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
      assertThat(scene.redeliver(pushed).get("verdict").asString())
          .as("the delivery is remembered")
          .isEqualTo("DUPLICATE");
      assertThat(scene.canaryObjects()).isEmpty();
      assertThat(scene.taskPods()).isEmpty();
      assertThat(scene.productionPods()).hasSize(9);
    }
  }

  @Test
  void aRollbackGoesOnWhereItStood() {
    try (var world =
        World.startKillable(
            SimulatedBackend.start(folder, Pace.WATCHABLE), folder.resolve("database"))) {
      var scene = world.scene();
      scene.kubectlMadeProduction(9);
      var before = scene.productionPods();
      var run = scene.push(scene.commit(Change.VERSION_FAILS), "Errors").run();
      scene.awaitStep(run, "verifyCanaryInProd", "RUNNING");
      scene.cancel(run, "and then it dies");
      world.killAndStartAgain();

      assertThat(scene.awaitEnd(run).status()).isEqualTo("CANCELLED");
      assertThat(scene.canaryObjects()).isEmpty();
      assertThat(scene.productionPods()).isEqualTo(before);
    }
  }
}
