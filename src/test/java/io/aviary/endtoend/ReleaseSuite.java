package io.aviary.endtoend;

import static io.aviary.simulation.ExampleCommits.Change.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.endtoend.World.Scene;
import io.aviary.simulation.ExampleCommits;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/**
 * Releases of the example application, as people and GitHub see them: over HTTP, and by what is in
 * the cluster.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
abstract class ReleaseSuite {

  /** Tests of a suite run side by side; each has its thread to the end. */
  private static final ThreadLocal<Scene> SCENE = new ThreadLocal<>();

  private World world;

  abstract Backend backend();

  @BeforeAll
  void start() {
    world = World.start(backend());
  }

  @AfterAll
  void stop() {
    if (world != null) {
      world.close();
    }
  }

  @BeforeEach
  void anApplicationOfItsOwn() {
    SCENE.set(world.scene());
  }

  @AfterEach
  void nothingIsLeftBehind() {
    world().tidy();
    SCENE.remove();
  }

  private Scene world() {
    return SCENE.get();
  }

  // ---- the way of a release

  @Test
  void aGoodCommitBecomesACanaryAndThenProduction() {
    productionMadeByKubectl(9);
    var before = world().productionPods();

    var pushed = world().push(commit(), "Return birds sorted by last sighting");
    var canary = world().awaitEnd(pushed.run());

    assertThat(canary.story())
        .isEqualTo(
            """
            SUCCEEDED
            readSource SUCCEEDED
            buildAppImage SUCCEEDED
            pushAppImage SUCCEEDED
            buildTestImage SUCCEEDED
            pushTestImage SUCCEEDED
            deployCanary SUCCEEDED
            testCanary SUCCEEDED
            rollbackCanary SKIPPED: not needed: testCanary passed
            verifyCanaryInProd SUCCEEDED
            rollbackCanary2 SKIPPED: not needed: triggerProdDeployment passed
            triggerProdDeployment SUCCEEDED
            """);
    assertThat(canary.output("verifyCanaryInProd", "share")).isEqualTo(10.0);
    assertThat(served(world().log(canary, "verifyCanaryInProd")))
        .as("of gate 2's 200 requests, served by the canary")
        .isBetween(3, 60);
    assertThat(world().log(canary, "testCanary")).contains("canary is alive and healthy");

    var production = world().awaitEnd(canary.child());
    assertThat(production.story())
        .isEqualTo(
            """
            SUCCEEDED
            deployToK8s SUCCEEDED
            awaitRollout SUCCEEDED
            rollbackProduction SKIPPED: not needed: awaitRollout passed
            retireCanary SUCCEEDED
            """);
    assertThat(world().productionImages())
        .as("the digest that was built, on every pod")
        .containsOnly(canary.output("pushAppImage", "reference").toString());
    assertThat(world().productionPods()).hasSize(9).doesNotContainAnyElementsOf(before);
    assertThat(world().canaryObjects()).isEmpty();
    assertThat(world().labelsOfProductionsTemplate())
        .as("no label of ours in the template")
        .containsOnlyKeys("app", "production");
  }

  @Test
  void theFirstReleaseWorksWithNoProductionThere() {
    var canary = world().awaitEnd(world().push(commit(), "The first one").run());

    assertThat(canary.status()).isEqualTo("SUCCEEDED");
    assertThat(canary.step("testCanary").get("status").asString()).isEqualTo("SUCCEEDED");
    assertThat(canary.step("verifyCanaryInProd").get("status").asString()).isEqualTo("SKIPPED");
    assertThat(canary.step("verifyCanaryInProd").get("reason").asString())
        .isEqualTo("there is no production yet whose traffic could be shared");
    assertThat(world().awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
    assertThat(world().productionPods()).hasSize(9);
  }

  @Test
  void theNextReleaseOfTheSameApplicationReplacesTheFirst() {
    var first = world().awaitEnd(world().awaitEnd(world().push(commit(), "One").run()).child());
    var second = world().awaitEnd(world().awaitEnd(world().push(commit(), "Two").run()).child());

    assertThat(List.of(first.status(), second.status())).containsOnly("SUCCEEDED");
    assertThat(world().liveRevision()).isEqualTo(second.revision());
    assertThat(world().productionImages()).hasSize(1);
  }

  // ---- gates that fail

  @Test
  void gate1FailsWhenTheStoredBirdDoesNotComeBack() {
    var before = aProductionOfNine();

    var run = world().awaitEnd(world().push(commit(BIRD_IS_LOST), "Lose birds").run());

    assertThat(run.status()).isEqualTo("ROLLED_BACK");
    assertThat(run.reason()).isEqualTo("testCanary: the test ended with exit code 1");
    assertThat(run.stepStatus("rollbackCanary")).isEqualTo("SUCCEEDED");
    assertThat(run.stepStatus("verifyCanaryInProd")).isEqualTo("SKIPPED");
    assertThat(world().evidence(run)).contains("404");
    theCanaryIsGoneAndProductionUntouched(before);
  }

  @Test
  void gate2FailsWhenTheNewVersionAnswersWithErrors() {
    var before = aProductionOfNine();

    var run = world().awaitEnd(world().push(commit(VERSION_FAILS), "Break the version").run());

    assertThat(run.status()).isEqualTo("ROLLED_BACK");
    assertThat(run.reason()).isEqualTo("verifyCanaryInProd: the test ended with exit code 22");
    assertThat(run.stepStatus("rollbackCanary")).isEqualTo("SKIPPED");
    assertThat(run.stepStatus("rollbackCanary2")).isEqualTo("SUCCEEDED");
    theCanaryIsGoneAndProductionUntouched(before);
  }

  @Test
  void aCanaryThatIsNeverReadyIsRolledBackWithTheProbesWords() {
    var before = aProductionOfNine();

    var run =
        world()
            .awaitEnd(
                world()
                    .push(
                        commit(NEVER_READY)
                            .replace("aviary.yml", "canary:\n", "canary:\n  timeout: 15s\n"),
                        "Never answer")
                    .run());

    assertThat(run.status()).isEqualTo("ROLLED_BACK");
    assertThat(run.reason())
        .startsWith("deployCanary: the canary was not ready within 15 s")
        .contains("Readiness probe failed");
    assertThat(run.stepStatus("rollbackCanary")).isEqualTo("SUCCEEDED");
    theCanaryIsGoneAndProductionUntouched(before);
  }

  @Test
  void aPodThatCannotStartIsRolledBackWithTheClustersWords() {
    var before = aProductionOfNine();

    var run =
        world()
            .awaitEnd(
                world()
                    .push(
                        commit(CANNOT_START)
                            .replace("aviary.yml", "canary:\n", "canary:\n  timeout: 20s\n"),
                        "A program that is not there")
                    .run());

    assertThat(run.status()).isEqualTo("ROLLED_BACK");
    assertThat(run.reason()).contains("python3-missing");
    theCanaryIsGoneAndProductionUntouched(before);
  }

  // ---- gates that hold, measure and ask

  private static final String ORDINARY_GATES =
      """
          - name: testCanary
            test: {image: test, command: [/tests/it/canarytest.sh], timeout: 5m}
          - name: verifyCanaryInProd
            traffic: 10
            test: {image: test, command: [/tests/it/version_verify.sh], timeout: 5m}
      """;

  /** Of 100 requests to the canary so many are bad, and one of 100 of everybody else's. */
  private static String watched(String name, int traffic, int bad, String more) {
    return """
          - name: %s
            traffic: %d
            hold: 3s
            metrics:
              - {name: errors, bad: 'canary_%d_others_1{pod=~"$PODS"}', all: 'canary_100_others_%d{pod=~"$PODS"}', max: 5%%, compare: baseline, every: 1s}
            %s
        """
        .formatted(name, traffic, bad, Math.round(100 * (100.0 - traffic) / traffic), more);
  }

  @Test
  void theShareGrowsFromGateToGateWhileMetricsHoldAndPeopleAreAskedAtLast() {
    var first = world().awaitEnd(world().awaitEnd(world().push(commit(), "One").run()).child());
    var gates =
        watched("tenth", 10, 0, "")
            + watched("quarter", 25, 1, "")
            + watched("half", 50, 0, "approval: {timeout: 5s, on-timeout: approve}");

    var pushed =
        world().push(commit().replace("aviary.yml", ORDINARY_GATES, gates), "In three steps");
    world().awaitStep(pushed.run(), "half", "WAITING");
    assertThat(world().baselineImages()).isEqualTo(world().productionImages());
    assertThat(world().endpoints()).as("production, baseline and canary").hasSize(9 + 3 + 12);
    var canary = world().awaitEnd(pushed.run());

    assertThat(canary.status()).isEqualTo("SUCCEEDED");
    assertThat(canary.output("tenth", "share")).isEqualTo(9.09);
    assertThat(canary.output("tenth", "measuredShare")).isEqualTo(10.0);
    assertThat(canary.output("quarter", "share")).isEqualTo(25.0);
    assertThat(canary.output("half", "share")).isEqualTo(50.0);
    assertThat(canary.step("tenth").get("reason").asString())
        .startsWith("held for 3s; errors 0 % (0 of 300), within the limit of 5 %");
    assertThat(canary.step("half").get("reason").asString()).isEqualTo("nobody objected within 5s");
    var production = world().awaitEnd(canary.child());
    assertThat(production.status()).isEqualTo("SUCCEEDED");
    assertThat(world().liveRevision()).isNotEqualTo(first.revision());
    assertThat(world().canaryObjects()).isEmpty();
    assertThat(world().baselineObjects()).isEmpty();
    assertThat(world().endpoints()).isEqualTo(world().productionPods()).hasSize(9);
  }

  @Test
  void aCanaryWithErrorsIsCaughtByItsMetricAndRolledBackWithItsBaseline() {
    var first = world().awaitEnd(world().awaitEnd(world().push(commit(), "One").run()).child());
    var before = world().productionPods();

    var run =
        world()
            .awaitEnd(
                world()
                    .push(
                        commit()
                            .replace("aviary.yml", ORDINARY_GATES, watched("tenth", 10, 30, "")),
                        "Errors")
                    .run());

    assertThat(run.status()).isEqualTo("ROLLED_BACK");
    assertThat(run.reason())
        .startsWith("tenth: errors 30 % (30 of 100), clearly above the limit of 5 %");
    assertThat(run.stepStatus("rollbackCanary")).isEqualTo("SUCCEEDED");
    assertThat(world().baselineObjects()).isEmpty();
    assertThat(world().liveRevision()).isEqualTo(first.revision());
    theCanaryIsGoneAndProductionUntouched(before);
  }

  @Test
  void productionOfAChartIsReleasedWithTheDigestThatTheCanaryRan() {
    var chart =
        commit()
            .with("chart", Path.of("examples/helm"))
            .remove("orni-dep.yml")
            .replace(
                "aviary.yml",
                "manifests: [orni-dep.yml]",
                "manifests: {helm: {chart: chart, values: [chart/production.yaml]}}");
    world().awaitEnd(world().awaitEnd(world().push(chart, "One").run()).child());

    var canary = world().awaitEnd(world().push(chart, "Two").run());
    var production = world().awaitEnd(canary.child());

    assertThat(List.of(canary.status(), production.status())).containsOnly("SUCCEEDED");
    assertThat(canary.output("verifyCanaryInProd", "share")).isEqualTo(10.0);
    assertThat(world().log(canary, "readSource"))
        .contains("production's manifests, rendered", "replicas: 9");
    assertThat(world().productionImages())
        .containsOnly(canary.output("pushAppImage", "reference").toString());
    assertThat(world().productionPods()).hasSize(9);
    assertThat(world().canaryObjects()).isEmpty();
  }

  @Test
  void aCanaryThatIsDerivedFromProductionsManifestsIsReleasedAsOneOfItsOwn() {
    productionMadeByKubectl(9);

    var canary =
        world()
            .awaitEnd(
                world()
                    .push(
                        commit()
                            .replace("aviary.yml", "  manifests: [orni-dep-canary.yml]\n", "")
                            .remove("orni-dep-canary.yml"),
                        "One manifest is enough")
                    .run());

    assertThat(canary.status()).isEqualTo("SUCCEEDED");
    assertThat(canary.output("readSource", "canaryDerivedFrom"))
        .isEqualTo("Deployment ornithology");
    assertThat(world().log(canary, "readSource")).contains("aviary.io/canary: ornithology-canary");
    assertThat(canary.output("verifyCanaryInProd", "share")).isEqualTo(10.0);
    assertThat(world().awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
    assertThat(world().canaryObjects()).isEmpty();
  }

  // ---- nothing deployed yet

  @Test
  void anImageThatDoesNotBuildFailsTheRunAndTouchesNothing() {
    var before = aProductionOfNine();

    var run = world().awaitEnd(world().push(commit(DOES_NOT_BUILD), "RUN false").run());

    assertThat(run.status()).isEqualTo("FAILED");
    assertThat(run.reason()).startsWith("buildAppImage: ");
    assertThat(run.stepStatus("deployCanary")).isEqualTo("SKIPPED");
    assertThat(world().log(run, "buildAppImage")).contains("RUN false");
    theCanaryIsGoneAndProductionUntouched(before);
  }

  @Test
  void everyMistakeOfABrokenAviaryYmlIsNamedWithItsLine() {
    var run =
        world()
            .awaitEnd(
                world()
                    .push(
                        commit(BROKEN_AVIARY_YML)
                            .replace("aviary.yml", "traffic: 10", "traffic: lots"),
                        "Two mistakes")
                    .run());

    assertThat(run.status()).isEqualTo("FAILED");
    assertThat(world().log(run, "readSource"))
        .containsPattern("aviary.yml:\\d+: canary.gates\\[0].*nmae")
        .containsPattern("aviary.yml:\\d+: canary.gates\\[1].traffic");
    assertThat(run.steps()).as("nothing was planned").hasSize(1);
  }

  @Test
  void aRepositoryWithoutAviaryYmlGetsOneProposedThatReleases() {
    world().kubectlMadeProduction(9);
    var bare = commit().remove("aviary.yml");
    var run = world().awaitEnd(world().push(bare, "Nobody says how").run());
    assertThat(run.reason()).contains("aviary.yml: is not in commit");

    var proposal = world().proposal();
    assertThat(proposal.get("assumptions").valueStream().map(JsonNode::asString))
        .contains(
            "Deployment ornithology is live in namespace "
                + world().namespace()
                + " with 9 replicas");
    assertThat(proposal.get("open").toString()).contains("tests/it/canarytest.sh");
    var edited =
        proposal
            .get("aviaryYml")
            .asString()
            .replace("/path/of/the/test", "/tests/it/canarytest.sh")
            .replace("hold: 10m", "hold: 1s")
            .replace("timeout: 24h", "timeout: 1s, on-timeout: approve");
    var canary =
        world().awaitEnd(world().push(bare.put("aviary.yml", edited), "As proposed").run());

    assertThat(canary.status()).as(canary.story()).isEqualTo("SUCCEEDED");
    assertThat(canary.output("look", "share")).isEqualTo(10.0);
    assertThat(world().awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
  }

  @Test
  void pipelinesOfCodefreshAreImportedAndReleaseAsBefore() {
    world().kubectlMadeProduction(9);
    var files = commit().files();

    var imported =
        world()
            .importCodefresh(
                Objects.requireNonNull(files.get("codefresh-canary.yml")),
                Objects.requireNonNull(files.get("codefresh-prod.yml")));

    assertThat(imported.get("complete").asBoolean()).as(imported.toString()).isTrue();
    var canary =
        world()
            .awaitEnd(
                world()
                    .push(
                        commit().put("aviary.yml", imported.get("aviaryYml").asString()),
                        "As on Codefresh")
                    .run());
    assertThat(canary.status()).as(canary.story()).isEqualTo("SUCCEEDED");
    assertThat(canary.steps().stream().map(step -> step.get("name").asString()))
        .contains("testCanary", "verifyCanaryInProd");
    assertThat(world().awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
  }

  // ---- production

  @Test
  void aProductionRolloutThatFailsIsUndone() {
    var first = world().awaitEnd(world().awaitEnd(world().push(commit(), "Good").run()).child());
    assertThat(first.status()).isEqualTo("SUCCEEDED");
    var goodImages = world().productionImages();

    var canary =
        world()
            .awaitEnd(
                world()
                    .push(
                        commit(PRODUCTION_NEVER_READY)
                            .replace(
                                "aviary.yml", "production:\n", "production:\n  timeout: 20s\n"),
                        "A probe that never answers")
                    .run());
    assertThat(canary.status()).isEqualTo("SUCCEEDED");
    var production = world().awaitEnd(canary.child());

    assertThat(production.status()).isEqualTo("ROLLED_BACK");
    assertThat(production.reason()).startsWith("awaitRollout: production had not rolled over");
    assertThat(production.stepStatus("rollbackProduction")).isEqualTo("SUCCEEDED");
    assertThat(world().productionImages()).isEqualTo(goodImages);
    assertThat(world().productionPods()).hasSize(9);
    assertThat(world().canaryObjects()).isEmpty();
    assertThat(world().liveRevision()).isEqualTo(first.revision());
  }

  @Test
  void theFirstRolloutOverAProductionThatKubectlMadeIsUndoneToIt() {
    productionMadeByKubectl(9);
    var images = world().productionImages();

    var canary =
        world()
            .awaitEnd(
                world()
                    .push(
                        commit(PRODUCTION_NEVER_READY)
                            .replace(
                                "aviary.yml", "production:\n", "production:\n  timeout: 20s\n"),
                        "A probe that never answers")
                    .run());
    var production = world().awaitEnd(canary.child());

    assertThat(production.status()).isEqualTo("ROLLED_BACK");
    assertThat(production.output("rollbackProduction", "restored"))
        .isEqualTo("back to what was there before Aviary");
    assertThat(world().productionImages()).isEqualTo(images);
    assertThat(world().productionProbe()).as("the field that the failed release added").isEmpty();
  }

  @Test
  void aFirstReleaseThatFailsLeavesNothing() {
    var canary =
        world()
            .awaitEnd(
                world()
                    .push(
                        commit(PRODUCTION_NEVER_READY)
                            .replace(
                                "aviary.yml", "production:\n", "production:\n  timeout: 15s\n"),
                        "The first one fails")
                    .run());
    var production = world().awaitEnd(canary.child());

    assertThat(production.status()).isEqualTo("ROLLED_BACK");
    assertThat(world().productionObjects()).isEmpty();
    assertThat(world().canaryObjects()).isEmpty();
  }

  // ---- people

  @Test
  void cancelDuringTheBuildsStopsThem() {
    cancelledWhen("buildAppImage");
  }

  @Test
  void cancelWhileTheCanaryStartsRemovesIt() {
    cancelledWhen("deployCanary");
  }

  @Test
  void cancelDuringGate1RemovesTheCanary() {
    cancelledWhen("testCanary");
  }

  @Test
  void cancelDuringGate2TakesTheShareAwayAndRemovesTheCanary() {
    cancelledWhen("verifyCanaryInProd");
  }

  @Test
  void cancelDuringTheRolloutPutsProductionBack() {
    var first = world().awaitEnd(world().awaitEnd(world().push(commit(), "Good").run()).child());
    var images = world().productionImages();
    var canary =
        world().awaitEnd(world().push(commit(PRODUCTION_NEVER_READY), "Rolls for ever").run());
    world().awaitStep(canary.child(), "awaitRollout", "RUNNING");

    world().cancel(canary.child(), "enough");
    var production = world().awaitEnd(canary.child());

    assertThat(production.status()).isEqualTo("CANCELLED");
    assertThat(production.reason()).isEqualTo("cancelled by ci: enough");
    assertThat(world().productionImages()).isEqualTo(images);
    assertThat(world().liveRevision()).isEqualTo(first.revision());
    assertThat(world().canaryObjects()).isEmpty();
  }

  private void cancelledWhen(String step) {
    var before = aProductionOfNine();
    var run = world().push(commit(), "Cancelled in " + step).run();
    world().awaitStep(run, step, "RUNNING");

    world().cancel(run, "changed my mind");
    var ended = world().awaitEnd(run);

    assertThat(ended.status()).isEqualTo("CANCELLED");
    assertThat(ended.stepStatus(step)).isIn("CANCELLED", "SUCCEEDED");
    assertThat(world().taskPods()).as("builds and tests are stopped").isEmpty();
    theCanaryIsGoneAndProductionUntouched(before);
  }

  // ---- deliveries

  @Test
  void aRedeliveryCreatesNothing() {
    var pushed = world().push(commit(DOES_NOT_BUILD), "Once");
    var again = world().redeliver(pushed);

    assertThat(again.get("verdict").asString()).isEqualTo("DUPLICATE");
    assertThat(again.get("applications").get(0).get("run").asLong()).isEqualTo(pushed.run());
    assertThat(world().awaitEnd(pushed.run()).status()).isEqualTo("FAILED");
  }

  // ---- words

  private ExampleCommits commit(ExampleCommits.Change... changes) {
    return world().commit(changes);
  }

  private List<String> aProductionOfNine() {
    productionMadeByKubectl(9);
    return world().productionPods();
  }

  private void productionMadeByKubectl(int pods) {
    world().kubectlMadeProduction(pods);
  }

  private void theCanaryIsGoneAndProductionUntouched(List<String> before) {
    assertThat(world().canaryObjects()).isEmpty();
    assertThat(world().productionPods()).as("the same pods as before").isEqualTo(before);
    assertThat(world().endpoints()).as("production serves from its own pods").isEqualTo(before);
  }

  private static int served(String log) {
    var matcher = Pattern.compile("(\\d+) of 200 requests were served by").matcher(log);
    assertThat(matcher.find()).as("gate 2 says how many in: %s", log).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
