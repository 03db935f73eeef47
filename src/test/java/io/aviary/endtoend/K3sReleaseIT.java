package io.aviary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What most newcomers meet first: a whole release on k3s in Docker. */
class K3sReleaseIT {

  private static final String LEFT_OUT =
      "LEFT OUT: releases on k3s, because there is no Docker that can start it; see docs/testing.md";

  @TempDir static Path folder;

  @Test
  void aWholeReleaseAndOneThatIsRolledBack() {
    var backend = K3sBackend.find(folder);
    if (backend.isEmpty() && System.getenv("CI") != null) {
      throw new IllegalStateException("Docker must be there in CI");
    }
    if (backend.isEmpty()) {
      System.out.println(LEFT_OUT);
    }
    Assumptions.assumeTrue(backend.isPresent(), LEFT_OUT);
    try (var world = World.start(backend.get())) {
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
