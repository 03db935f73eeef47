package io.aviary.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.pipeline.CanaryRemoval.Progress;
import io.aviary.release.definition.MetricDefinition.Compare;
import java.util.List;
import org.junit.jupiter.api.Test;

class CanaryRemovalTest {

  private static final String BASELINE = "birds-canary-baseline";

  private final GateScene scene = sceneWithBaseline();

  private static GateScene sceneWithBaseline() {
    var scene = new GateScene(BaselineTest.gate(Compare.BASELINE)).withProduction(3);
    scene.cluster.has(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: birds-canary-baseline}
        spec: {replicas: 1, template: {metadata: {labels: {app: birds, aviary.io/baseline: birds-canary-baseline}}, spec: {containers: []}}}
        """);
    scene.cluster.start();
    return scene.withDeployed("birds-canary", BASELINE);
  }

  private Progress advance(Progress progress) {
    return scene.removal.advance(scene.step("g"), progress);
  }

  /** A Deployment is gone at once, its pods when the garbage collector has come by. */
  @Test
  void aBaselineIsGoneWhenProductionsTrafficNoLongerReachesItsPods() {
    var deleted = advance(Progress.NONE);

    assertThat(scene.cluster.isThere("Deployment", BASELINE)).isFalse();
    assertThat(deleted.isGone()).as("its pod still serves").isFalse();
    scene.cluster.living(BASELINE).forEach(scene.cluster::terminate);
    assertThat(advance(deleted).isGone()).as("the endpoints lag behind").isFalse();
    scene.cluster.settle();
    assertThat(advance(deleted).isGone()).as("it is ending, but nobody reaches it").isTrue();
  }

  @Test
  void productionsOwnPodsKeepNoCanaryFromBeingGone() {
    scene.cluster.living(BASELINE).forEach(scene.cluster::kill);
    scene.cluster.settle();

    assertThat(advance(Progress.NONE).isGone()).isTrue();
    assertThat(scene.cluster.readyEndpoints("ns", "birds")).hasSize(3);
    assertThat(List.of("birds-canary", BASELINE))
        .noneMatch(name -> scene.cluster.isThere("Deployment", name));
  }
}
