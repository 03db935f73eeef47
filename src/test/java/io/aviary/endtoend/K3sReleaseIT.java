package io.aviary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.house.LeftOut;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What most newcomers meet first: a whole release on k3s in Docker. */
class K3sReleaseIT {

  @TempDir static Path folder;

  @Test
  void aWholeReleaseAndOneThatIsRolledBack() {
    var backend =
        LeftOut.unless(
            K3sBackend.find(folder),
            "releases on k3s, because there is no Docker that can start it",
            "Docker must be there in CI");
    try (var world = World.start(backend)) {
      var scene = world.scene();

      var canary = scene.awaitEnd(scene.push(scene.commit(), "The first one").run());
      assertThat(canary.status()).as(canary.json().toString()).isEqualTo("SUCCEEDED");
      var production = scene.awaitEnd(canary.child());
      assertThat(production.status()).as(production.json().toString()).isEqualTo("SUCCEEDED");

      var second = scene.awaitEnd(scene.push(scene.commit(), "With a share of traffic").run());
      assertThat(second.status()).as(second.json().toString()).isEqualTo("SUCCEEDED");
      assertThat(second.output("verifyCanaryInProd", "share")).isEqualTo(10.0);
      assertThat(scene.awaitEnd(second.child()).status()).isEqualTo("SUCCEEDED");
      assertThat(scene.canaryObjects()).isEmpty();
    }
  }
}
