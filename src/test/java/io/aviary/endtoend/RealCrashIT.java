package io.aviary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.simulation.ExampleCommits.Change;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server's process is killed in each step of a release on the cluster that {@code
 * TEST_KUBECONFIG} names. Takes minutes: with {@code -Pfaults} only.
 */
@Tag("long")
class RealCrashIT {

  @TempDir Path folder;

  @Test
  void aReleaseThatIsKilledInEachOfItsStepsEndsAsOneThatIsNot() {
    try (var world = World.startKillable(RealBackend.demanded(), folder.resolve("database"))) {
      var scene = world.scene();
      scene.kubectlMadeProduction(3);
      var run =
          scene
              .push(
                  scene
                      .commit(Change.THREE_REPLICAS)
                      .replace("aviary.yml", "traffic: 10", "traffic: 25"),
                  "Killed in each step")
              .run();
      for (var step :
          List.of(
              "readSource", "buildAppImage", "deployCanary", "testCanary", "verifyCanaryInProd")) {
        scene.awaitBegun(run, step);
        world.killAndStartAgain();
      }
      var canary = scene.awaitEnd(run);
      assertThat(canary.status()).as(canary.reason()).isEqualTo("SUCCEEDED");
      for (var step : List.of("awaitRollout", "retireCanary")) {
        scene.awaitBegun(canary.child(), step);
        world.killAndStartAgain();
      }

      var production = scene.awaitEnd(canary.child());
      assertThat(production.status()).as("%s", production.json()).isEqualTo("SUCCEEDED");
      assertThat(scene.canaryObjects()).isEmpty();
      assertThat(scene.taskPods()).isEmpty();
      assertThat(scene.productionPods()).hasSize(3);
      assertThat(scene.productionImages())
          .isEqualTo(Set.of(String.valueOf(canary.output("pushAppImage", "reference"))));
      scene.tidy();
    }
  }

  @Test
  void aRollbackThatIsKilledInItsMiddleEndsAsOneThatIsNot() {
    try (var world = World.startKillable(RealBackend.demanded(), folder.resolve("database"))) {
      var scene = world.scene();
      scene.kubectlMadeProduction(3);
      var before = scene.productionPods();
      var run =
          scene
              .push(
                  scene
                      .commit(Change.THREE_REPLICAS, Change.VERSION_FAILS)
                      .replace("aviary.yml", "traffic: 10", "traffic: 25"),
                  "Killed while it is undone")
              .run();
      scene.awaitBegun(run, "verifyCanaryInProd");
      scene.cancel(run, "and then it dies");
      world.killAndStartAgain();
      scene.awaitBegun(run, "rollbackCanary2");
      world.killAndStartAgain();

      assertThat(scene.awaitEnd(run).status()).isIn("CANCELLED", "ROLLED_BACK");
      assertThat(scene.canaryObjects()).isEmpty();
      assertThat(scene.taskPods()).isEmpty();
      assertThat(scene.productionPods()).isEqualTo(before);
      scene.tidy();
    }
  }
}
