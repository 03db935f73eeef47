package io.aviary.endtoend;

import static io.aviary.simulation.ExampleCommits.Change.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aviary.endtoend.World.Scene;
import io.aviary.simulation.ExampleCommits;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Somebody works on the cluster by hand while a release is under way: what matters is recorded and
 * never promoted, what does not matter is left alone.
 */
abstract class InterferenceSuite extends SceneSuite {

  private static final String CANARY = "ornithology-canary";
  private static final String PRODUCTION = "ornithology";

  @BeforeEach
  void aProductionOfNinePods() {
    scene().kubectlMadeProduction(9);
  }

  /** In the last gate, with its share; its test goes on longer than anybody waits. */
  private static long aRunInItsLastGate() {
    var commit =
        commit().replace("aviary.yml", "[/tests/it/version_verify.sh]", "[sleep, \"600\"]");
    return withItsShare(commit, "RUNNING");
  }

  /** In the last gate, with its share, until {@code approve}. */
  private static long aRunThatWaitsForApproval() {
    var commit =
        commit()
            .replace("aviary.yml", "traffic: 10\n", "traffic: 10\n      approval: {timeout: 1h}\n");
    return withItsShare(commit, "WAITING");
  }

  private static ExampleCommits commit() {
    return scene()
        .commit()
        .replace("aviary.yml", "production:\n", "traffic: {tolerance: 2}\nproduction:\n");
  }

  private static long withItsShare(ExampleCommits commit, String status) {
    var run = scene().push(commit, "Somebody works on the cluster").run();
    scene().awaitStep(run, "verifyCanaryInProd", status);
    var scene = scene();
    scene.awaitDuring(run, "has its share", () -> scene.endpoints().size() == 10);
    return run;
  }

  // ---- the canary

  @Test
  void aCanaryThatSomebodyDeletesIsRolledBack() {
    var production = scene().productionPods();
    var run = aRunInItsLastGate();

    scene().cluster().apps().deployments().inNamespace(namespace()).withName(CANARY).delete();
    var ended = scene().awaitEnd(run);

    assertThat(ended.status()).isEqualTo("ROLLED_BACK");
    assertThat(ended.reason()).contains("the Deployment " + CANARY + " was deleted");
    assertThat(scene().canaryObjects()).isEmpty();
    assertThat(scene().productionPods()).isEqualTo(production);
  }

  @Test
  void aCanaryThatSomebodyGivesAnotherImageIsRolledBack() {
    var run = aRunInItsLastGate();

    patch(
        CANARY,
        """
        [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "python:3.13-slim"}]
        """);
    var ended = scene().awaitEnd(run);

    assertThat(ended.status()).isEqualTo("ROLLED_BACK");
    assertThat(ended.reason())
        .contains(
            "the Deployment " + CANARY + " was changed by someone else",
            "is to run python:3.13-slim instead of ");
    assertThat(scene().canaryObjects()).isEmpty();
  }

  @Test
  void aCanaryThatSomebodyGivesAnImageThatNeverStartsIsRolledBackWithoutWaitingForIt() {
    var run = aRunInItsLastGate();

    patch(
        CANARY,
        """
        [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "nobody/has-this:1"}]
        """);
    var ended = scene().awaitEnd(run);

    assertThat(ended.status()).isEqualTo("ROLLED_BACK");
    assertThat(ended.reason())
        .contains("the Deployment " + CANARY + " was changed by someone else", "nobody/has-this:1");
    assertThat(scene().canaryObjects()).isEmpty();
  }

  @Test
  void podsOfTheCanaryThatSomebodyDeletesAreReplacedAndGetTheirShareBack() {
    var scene = scene();
    var run = aRunThatWaitsForApproval();
    var before = canaryEndpoints(scene);

    before.forEach(pod -> scene().cluster().pods().inNamespace(namespace()).withName(pod).delete());
    scene.awaitDuring(
        run,
        "has a share with another pod of the canary",
        () -> canaryEndpoints(scene).size() == 1 && !canaryEndpoints(scene).equals(before));
    scene().approve(run, "verifyCanaryInProd");
    var ended = scene().awaitEnd(run);

    assertThat(ended.status()).as(ended.reason()).isEqualTo("SUCCEEDED");
    assertThat(scene().awaitEnd(ended.child()).status()).isEqualTo("SUCCEEDED");
  }

  private static List<String> canaryEndpoints(Scene scene) {
    return scene.endpoints().stream().filter(pod -> pod.startsWith(CANARY + "-")).toList();
  }

  // ---- production

  @Test
  void aProductionThatSomebodyScalesKeepsTheSharesRightAndIsAsItsManifestSaysInTheEnd() {
    var scene = scene();
    var run = aRunThatWaitsForApproval();

    scale(19);
    scene.awaitDuring(
        run,
        "has its share of the greater production",
        () -> canaryEndpoints(scene).size() == 2 && scene.productionPods().size() == 19);
    scene().approve(run, "verifyCanaryInProd");
    var ended = scene().awaitEnd(run);

    assertThat(ended.status()).as(ended.reason()).isEqualTo("SUCCEEDED");
    assertThat(scene().awaitEnd(ended.child()).status()).isEqualTo("SUCCEEDED");
    assertThat(scene().productionPods()).hasSize(9);
  }

  @Test
  void whereAnAutoscalerScalesProductionItsNumberOfPodsStays() {
    var autoscaler =
        new io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder()
            .withNewMetadata()
            .withName(PRODUCTION)
            .endMetadata()
            .withNewSpec()
            .withMinReplicas(11)
            .withMaxReplicas(11)
            .withNewScaleTargetRef("apps/v1", "Deployment", PRODUCTION)
            .endSpec()
            .build();
    scene().cluster().resource(autoscaler).inNamespace(namespace()).create();
    scale(11);
    var scene = scene();
    await("eleven pods").atMost(patience()).until(() -> scene.endpoints().size() == 11);

    var canary = scene().awaitEnd(scene().push(scene().commit(), "With an autoscaler").run());
    assertThat(canary.status()).as(canary.reason()).isEqualTo("SUCCEEDED");
    var production = scene().awaitEnd(canary.child());

    assertThat(production.status()).as("%s", production.json()).isEqualTo("SUCCEEDED");
    assertThat(scene().productionPods()).hasSize(11);
  }

  @Test
  void aProductionThatSomebodyGivesAnotherImageWhileItRollsIsPutBack() {
    var canary = scene().push(scene().commit(PRODUCTION_NEVER_READY), "Edited while it rolls");
    var ended = scene().awaitEnd(canary.run());
    var run = ended.child();
    scene().awaitStep(run, "awaitRollout", "RUNNING");

    patch(
        PRODUCTION,
        """
        [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "python:3.13-slim"},
         {"op": "add", "path": "/spec/template/spec/containers/0/command", "value": ["sleep", "86400"]},
         {"op": "remove", "path": "/spec/template/spec/containers/0/readinessProbe"}]
        """);
    var production = scene().awaitEnd(run);

    assertThat(production.status()).isEqualTo("ROLLED_BACK");
    assertThat(production.reason())
        .contains("the Deployment " + PRODUCTION + " was changed by someone else");
    assertThat(scene().canaryObjects()).isEmpty();
    assertThat(scene().productionPods()).hasSize(9);
  }

  private static void patch(String deployment, String json) {
    var _ =
        scene()
            .cluster()
            .apps()
            .deployments()
            .inNamespace(namespace())
            .withName(deployment)
            .patch(PatchContext.of(PatchType.JSON), json);
  }

  private void scale(int pods) {
    scene()
        .cluster()
        .apps()
        .deployments()
        .inNamespace(namespace())
        .withName(PRODUCTION)
        .scale(pods);
  }

  // ---- all of it

  @Test
  void aNamespaceThatSomebodyDeletesEndsTheRun() {
    var run = aRunInItsLastGate();

    scene().cluster().namespaces().withName(namespace()).delete();
    var ended = scene().awaitEnd(run);

    assertThat(ended.status()).isEqualTo("ROLLED_BACK");
    assertThat(ended.reason()).contains("verifyCanaryInProd");
  }

  // ----

  private static String namespace() {
    return scene().namespace();
  }
}
