package io.aviary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aviary.database.RestartablePostgres;
import io.aviary.endtoend.World.Scene;
import io.aviary.simulation.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database is away, or cannot write, in the middle of a release: it goes on afterwards. */
class DatabaseOutagesIT {

  @TempDir Path folder;

  @Test
  void postgresIsStoppedAndStartedAgain() throws IOException {
    Files.createDirectories(folder.resolve("postgres"));
    try (var postgres = new RestartablePostgres(folder.resolve("postgres"));
        var world = World.startOn(SimulatedBackend.start(folder, Pace.BRISK), postgres.url())) {
      var scene = world.scene();
      scene.kubectlMadeProduction(9);
      var run = aRunInItsLastGate(scene);

      postgres.stop();
      awaitTheTestsEnd(scene);
      postgres.start();
      world.awaitReady();

      assertReleased(scene, run);
    }
  }

  @Test
  void theDiskIsFull() throws IOException {
    var database = folder.resolve("database");
    try (var world = World.startGrowing(SimulatedBackend.start(folder, Pace.BRISK), database)) {
      var scene = world.scene();
      scene.kubectlMadeProduction(9);
      var run = aRunInItsLastGate(scene);

      var size = Files.size(folder.resolve("database.mv.db"));
      world.process().limitFiles(Long.toString(size));
      await("a write fails")
          .atMost(Duration.ofSeconds(60))
          .until(() -> world.process().log().contains("File too large"));
      world.process().limitFiles("unlimited");
      await("the server has its database again")
          .atMost(Duration.ofMinutes(1))
          .during(Duration.ofSeconds(2))
          .until(() -> scene.isAnswered(run));

      assertReleased(scene, run);
    }
  }

  private static long aRunInItsLastGate(Scene scene) {
    var commit =
        scene.commit().replace("aviary.yml", "[/tests/it/version_verify.sh]", "[sleep, \"60\"]");
    var run = scene.push(commit, "The database is away").run();
    scene.awaitStep(run, "verifyCanaryInProd", "RUNNING");
    await("the test runs").until(() -> scene.phaseOfTest().equals("Running"));
    return run;
  }

  private static void awaitTheTestsEnd(Scene scene) {
    await("the gate's test has ended")
        .atMost(Duration.ofSeconds(30))
        .until(() -> scene.phaseOfTest().equals("Succeeded"));
  }

  private static void assertReleased(Scene scene, long run) {
    var canary = scene.awaitEnd(run);
    assertThat(canary.status()).as(canary.reason()).isEqualTo("SUCCEEDED");
    assertThat(scene.awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
    assertThat(scene.canaryObjects()).isEmpty();
    assertThat(scene.taskPods()).isEmpty();
    assertThat(scene.productionPods()).hasSize(9);
  }
}
