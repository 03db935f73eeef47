package io.aviary.endtoend;

import static io.aviary.simulation.ExampleCommits.Change.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.simulation.ExampleCommits;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Releases of the example application, as people and GitHub see them: over HTTP, and by what is in
 * the cluster.
 */
abstract class ReleaseSuite extends SceneSuite {

  // ---- the way of a release

  @Test
  void aGoodCommitBecomesACanaryAndThenProduction() {
    productionMadeByKubectl(9);
    var before = scene().productionPods();

    var pushed = scene().push(commit(), "Return birds sorted by last sighting");
    var canary = scene().awaitEnd(pushed.run());

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
    assertThat(served(scene().log(canary, "verifyCanaryInProd")))
        .as("of gate 2's 200 requests, served by the canary")
        .isBetween(3, 60);
    assertThat(scene().log(canary, "testCanary")).contains("canary is alive and healthy");

    var production = scene().awaitEnd(canary.child());
    assertThat(production.story())
        .isEqualTo(
            """
            SUCCEEDED
            deployToK8s SUCCEEDED
            awaitRollout SUCCEEDED
            rollbackProduction SKIPPED: not needed: awaitRollout passed
            retireCanary SUCCEEDED
            """);
    assertThat(scene().productionImages())
        .as("the digest that was built, on every pod")
        .containsOnly(canary.output("pushAppImage", "reference").toString());
    assertThat(scene().productionPods()).hasSize(9).doesNotContainAnyElementsOf(before);
    assertThat(scene().canaryObjects()).isEmpty();
    assertThat(scene().labelsOfProductionsTemplate())
        .as("no label of ours in the template")
        .containsOnlyKeys("app", "production");
  }

  @Test
  void theFirstReleaseWorksWithNoProductionThere() {
    var canary = scene().awaitEnd(scene().push(commit(), "The first one").run());

    assertThat(canary.status()).isEqualTo("SUCCEEDED");
    assertThat(canary.step("testCanary").get("status").asString()).isEqualTo("SUCCEEDED");
    assertThat(canary.step("verifyCanaryInProd").get("status").asString()).isEqualTo("SKIPPED");
    assertThat(canary.step("verifyCanaryInProd").get("reason").asString())
        .isEqualTo("there is no production yet whose traffic could be shared");
    assertThat(scene().awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
    assertThat(scene().productionPods()).hasSize(9);
  }

  @Test
  void theNextReleaseOfTheSameApplicationReplacesTheFirst() {
    var first = scene().awaitEnd(scene().awaitEnd(scene().push(commit(), "One").run()).child());
    var second = scene().awaitEnd(scene().awaitEnd(scene().push(commit(), "Two").run()).child());

    assertThat(List.of(first.status(), second.status())).containsOnly("SUCCEEDED");
    assertThat(scene().liveRevision()).isEqualTo(second.revision());
    assertThat(scene().productionImages()).hasSize(1);
  }

  // ---- gates that fail

  @Test
  void gate1FailsWhenTheStoredBirdDoesNotComeBack() {
    var before = aProductionOfNine();

    var run = scene().awaitEnd(scene().push(commit(BIRD_IS_LOST), "Lose birds").run());

    assertThat(run.status()).isEqualTo("ROLLED_BACK");
    assertThat(run.reason()).isEqualTo("testCanary: the test ended with exit code 1");
    assertThat(run.stepStatus("rollbackCanary")).isEqualTo("SUCCEEDED");
    assertThat(run.stepStatus("verifyCanaryInProd")).isEqualTo("SKIPPED");
    assertThat(scene().evidence(run)).contains("404");
    theCanaryIsGoneAndProductionUntouched(before);
  }

  @Test
  void gate2FailsWhenTheNewVersionAnswersWithErrors() {
    var before = aProductionOfNine();

    var run = scene().awaitEnd(scene().push(commit(VERSION_FAILS), "Break the version").run());

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
        scene()
            .awaitEnd(
                scene()
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
        scene()
            .awaitEnd(
                scene()
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
    var first = scene().awaitEnd(scene().awaitEnd(scene().push(commit(), "One").run()).child());
    var gates =
        watched("tenth", 10, 0, "")
            + watched("quarter", 25, 1, "")
            + watched("half", 50, 0, "approval: {timeout: 5s, on-timeout: approve}");

    var pushed =
        scene().push(commit().replace("aviary.yml", ORDINARY_GATES, gates), "In three steps");
    scene().awaitStep(pushed.run(), "half", "WAITING");
    assertThat(scene().baselineImages()).isEqualTo(scene().productionImages());
    assertThat(scene().endpoints()).as("production, baseline and canary").hasSize(9 + 3 + 12);
    var canary = scene().awaitEnd(pushed.run());

    assertThat(canary.status()).isEqualTo("SUCCEEDED");
    assertThat(canary.output("tenth", "share")).isEqualTo(9.09);
    assertThat(canary.output("tenth", "measuredShare")).isEqualTo(10.0);
    assertThat(canary.output("quarter", "share")).isEqualTo(25.0);
    assertThat(canary.output("half", "share")).isEqualTo(50.0);
    assertThat(canary.step("tenth").get("reason").asString())
        .startsWith("held for 3s; errors 0 % (0 of 300), within the limit of 5 %");
    assertThat(canary.step("half").get("reason").asString()).isEqualTo("nobody objected within 5s");
    var production = scene().awaitEnd(canary.child());
    assertThat(production.status()).isEqualTo("SUCCEEDED");
    assertThat(scene().liveRevision()).isNotEqualTo(first.revision());
    assertThat(scene().canaryObjects()).isEmpty();
    assertThat(scene().baselineObjects()).isEmpty();
    assertThat(scene().endpoints()).isEqualTo(scene().productionPods()).hasSize(9);
  }

  @Test
  void aCanaryWithErrorsIsCaughtByItsMetricAndRolledBackWithItsBaseline() {
    var first = scene().awaitEnd(scene().awaitEnd(scene().push(commit(), "One").run()).child());
    var before = scene().productionPods();

    var run =
        scene()
            .awaitEnd(
                scene()
                    .push(
                        commit()
                            .replace("aviary.yml", ORDINARY_GATES, watched("tenth", 10, 30, "")),
                        "Errors")
                    .run());

    assertThat(run.status()).isEqualTo("ROLLED_BACK");
    assertThat(run.reason())
        .startsWith("tenth: errors 30 % (30 of 100), clearly above the limit of 5 %");
    assertThat(run.stepStatus("rollbackCanary")).isEqualTo("SUCCEEDED");
    assertThat(scene().baselineObjects()).isEmpty();
    assertThat(scene().liveRevision()).isEqualTo(first.revision());
    theCanaryIsGoneAndProductionUntouched(before);
  }

  @Test
  void productionOfAChartIsReleasedWithTheDigestThatTheCanaryRan() {
    var chart = commit().asChart();
    scene().awaitEnd(scene().awaitEnd(scene().push(chart, "One").run()).child());

    var canary = scene().awaitEnd(scene().push(chart, "Two").run());
    var production = scene().awaitEnd(canary.child());

    assertThat(List.of(canary.status(), production.status())).containsOnly("SUCCEEDED");
    assertThat(canary.output("verifyCanaryInProd", "share")).isEqualTo(10.0);
    assertThat(scene().log(canary, "readSource"))
        .contains("production's manifests, rendered", "replicas: 9");
    assertThat(scene().productionImages())
        .containsOnly(canary.output("pushAppImage", "reference").toString());
    assertThat(scene().productionPods()).hasSize(9);
    assertThat(scene().canaryObjects()).isEmpty();
  }

  @Test
  void productionOfAKustomizeFolderIsReleasedWithTheDigestThatTheCanaryRan() {
    var folder =
        commit()
            .with("deploy", Path.of("examples/kustomize"))
            .remove("orni-dep.yml")
            .replace(
                "aviary.yml",
                "manifests: [orni-dep.yml]",
                "manifests: {kustomize: deploy/production}");
    scene().awaitEnd(scene().awaitEnd(scene().push(folder, "One").run()).child());

    var canary = scene().awaitEnd(scene().push(folder, "Two").run());
    var production = scene().awaitEnd(canary.child());

    assertThat(List.of(canary.status(), production.status())).containsOnly("SUCCEEDED");
    assertThat(canary.output("verifyCanaryInProd", "share")).isEqualTo(10.0);
    assertThat(scene().log(canary, "readSource"))
        .contains("production's manifests, rendered", "replicas: 9", "FEEDER: full", "birds-");
    assertThat(scene().productionImages())
        .containsOnly(canary.output("pushAppImage", "reference").toString());
    assertThat(scene().productionPods()).hasSize(9);
    assertThat(scene().canaryObjects()).isEmpty();
  }

  @Test
  void aCanaryThatIsDerivedFromProductionsManifestsIsReleasedAsOneOfItsOwn() {
    productionMadeByKubectl(9);

    var canary =
        scene()
            .awaitEnd(
                scene()
                    .push(
                        commit()
                            .replace("aviary.yml", "  manifests: [orni-dep-canary.yml]\n", "")
                            .remove("orni-dep-canary.yml"),
                        "One manifest is enough")
                    .run());

    assertThat(canary.status()).isEqualTo("SUCCEEDED");
    assertThat(canary.output("readSource", "canaryDerivedFrom"))
        .isEqualTo("Deployment ornithology");
    assertThat(scene().log(canary, "readSource")).contains("aviary.io/canary: ornithology-canary");
    assertThat(canary.output("verifyCanaryInProd", "share")).isEqualTo(10.0);
    assertThat(scene().awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
    assertThat(scene().canaryObjects()).isEmpty();
  }

  // ---- nothing deployed yet

  @Test
  void anImageThatDoesNotBuildFailsTheRunAndTouchesNothing() {
    var before = aProductionOfNine();

    var run = scene().awaitEnd(scene().push(commit(DOES_NOT_BUILD), "RUN false").run());

    assertThat(run.status()).isEqualTo("FAILED");
    assertThat(run.reason()).startsWith("buildAppImage: ");
    assertThat(run.stepStatus("deployCanary")).isEqualTo("SKIPPED");
    assertThat(scene().log(run, "buildAppImage")).contains("RUN false");
    theCanaryIsGoneAndProductionUntouched(before);
  }

  @Test
  void everyMistakeOfABrokenAviaryYmlIsNamedWithItsLine() {
    var run =
        scene()
            .awaitEnd(
                scene()
                    .push(
                        commit(BROKEN_AVIARY_YML)
                            .replace("aviary.yml", "traffic: 10", "traffic: lots"),
                        "Two mistakes")
                    .run());

    assertThat(run.status()).isEqualTo("FAILED");
    assertThat(scene().log(run, "readSource"))
        .containsPattern("aviary.yml:\\d+: canary.gates\\[0].*nmae")
        .containsPattern("aviary.yml:\\d+: canary.gates\\[1].traffic");
    assertThat(run.steps()).as("nothing was planned").hasSize(1);
  }

  @Test
  void aRepositoryWithoutAviaryYmlGetsOneProposedThatReleases() {
    scene().kubectlMadeProduction(9);
    var bare = commit().remove("aviary.yml");
    var run = scene().awaitEnd(scene().push(bare, "Nobody says how").run());
    assertThat(run.reason()).contains("aviary.yml: is not in commit");

    var proposal = scene().proposal();
    assertThat(proposal.get("assumptions").valueStream().map(JsonNode::asString))
        .contains(
            "Deployment ornithology is live in namespace "
                + scene().namespace()
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
        scene().awaitEnd(scene().push(bare.put("aviary.yml", edited), "As proposed").run());

    assertThat(canary.status()).as(canary.story()).isEqualTo("SUCCEEDED");
    assertThat(canary.output("look", "share")).isEqualTo(10.0);
    assertThat(scene().awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
  }

  @Test
  void pipelinesOfCodefreshAreImportedAndReleaseAsBefore() {
    scene().kubectlMadeProduction(9);
    var files = commit().files();

    var imported =
        scene()
            .importCodefresh(
                Objects.requireNonNull(files.get("codefresh-canary.yml")),
                Objects.requireNonNull(files.get("codefresh-prod.yml")));

    assertThat(imported.get("complete").asBoolean()).as(imported.toString()).isTrue();
    var canary =
        scene()
            .awaitEnd(
                scene()
                    .push(
                        commit().put("aviary.yml", imported.get("aviaryYml").asString()),
                        "As on Codefresh")
                    .run());
    assertThat(canary.status()).as(canary.story()).isEqualTo("SUCCEEDED");
    assertThat(canary.steps().stream().map(step -> step.get("name").asString()))
        .contains("testCanary", "verifyCanaryInProd");
    assertThat(scene().awaitEnd(canary.child()).status()).isEqualTo("SUCCEEDED");
  }

  // ---- production

  @Test
  void aProductionRolloutThatFailsIsUndone() {
    var first = scene().awaitEnd(scene().awaitEnd(scene().push(commit(), "Good").run()).child());
    assertThat(first.status()).isEqualTo("SUCCEEDED");
    var goodImages = scene().productionImages();

    var canary =
        scene()
            .awaitEnd(
                scene()
                    .push(
                        commit(PRODUCTION_NEVER_READY)
                            .replace(
                                "aviary.yml", "production:\n", "production:\n  timeout: 20s\n"),
                        "A probe that never answers")
                    .run());
    assertThat(canary.status()).isEqualTo("SUCCEEDED");
    var production = scene().awaitEnd(canary.child());

    assertThat(production.status()).isEqualTo("ROLLED_BACK");
    assertThat(production.reason()).startsWith("awaitRollout: production had not rolled over");
    assertThat(production.stepStatus("rollbackProduction")).isEqualTo("SUCCEEDED");
    assertThat(scene().productionImages()).isEqualTo(goodImages);
    assertThat(scene().productionPods()).hasSize(9);
    assertThat(scene().canaryObjects()).isEmpty();
    assertThat(scene().liveRevision()).isEqualTo(first.revision());
  }

  @Test
  void theFirstRolloutOverAProductionThatKubectlMadeIsUndoneToIt() {
    productionMadeByKubectl(9);
    var images = scene().productionImages();

    var canary =
        scene()
            .awaitEnd(
                scene()
                    .push(
                        commit(PRODUCTION_NEVER_READY)
                            .replace(
                                "aviary.yml", "production:\n", "production:\n  timeout: 20s\n"),
                        "A probe that never answers")
                    .run());
    var production = scene().awaitEnd(canary.child());

    assertThat(production.status()).isEqualTo("ROLLED_BACK");
    assertThat(production.output("rollbackProduction", "restored"))
        .isEqualTo("back to what was there before Aviary");
    assertThat(scene().productionImages()).isEqualTo(images);
    assertThat(scene().productionProbe()).as("the field that the failed release added").isEmpty();
  }

  @Test
  void aFirstReleaseThatFailsLeavesNothing() {
    var canary =
        scene()
            .awaitEnd(
                scene()
                    .push(
                        commit(PRODUCTION_NEVER_READY)
                            .replace(
                                "aviary.yml", "production:\n", "production:\n  timeout: 15s\n"),
                        "The first one fails")
                    .run());
    var production = scene().awaitEnd(canary.child());

    assertThat(production.status()).isEqualTo("ROLLED_BACK");
    assertThat(scene().productionObjects()).isEmpty();
    assertThat(scene().canaryObjects()).isEmpty();
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
    var first = scene().awaitEnd(scene().awaitEnd(scene().push(commit(), "Good").run()).child());
    var images = scene().productionImages();
    var canary =
        scene().awaitEnd(scene().push(commit(PRODUCTION_NEVER_READY), "Rolls for ever").run());
    scene().awaitStep(canary.child(), "awaitRollout", "RUNNING");

    scene().cancel(canary.child(), "enough");
    var production = scene().awaitEnd(canary.child());

    assertThat(production.status()).isEqualTo("CANCELLED");
    assertThat(production.reason()).isEqualTo("cancelled by ci: enough");
    assertThat(scene().productionImages()).isEqualTo(images);
    assertThat(scene().liveRevision()).isEqualTo(first.revision());
    assertThat(scene().canaryObjects()).isEmpty();
  }

  private void cancelledWhen(String step) {
    var before = aProductionOfNine();
    var run = scene().push(commit(), "Cancelled in " + step).run();
    scene().awaitStep(run, step, "RUNNING");

    scene().cancel(run, "changed my mind");
    var ended = scene().awaitEnd(run);

    assertThat(ended.status()).isEqualTo("CANCELLED");
    assertThat(ended.stepStatus(step)).isIn("CANCELLED", "SUCCEEDED");
    assertThat(scene().taskPods()).as("builds and tests are stopped").isEmpty();
    theCanaryIsGoneAndProductionUntouched(before);
  }

  // ---- deliveries

  @Test
  void aRedeliveryCreatesNothing() {
    var pushed = scene().push(commit(DOES_NOT_BUILD), "Once");
    var again = scene().redeliver(pushed);

    assertThat(again.get("verdict").asString()).isEqualTo("DUPLICATE");
    assertThat(again.get("applications").get(0).get("run").asLong()).isEqualTo(pushed.run());
    assertThat(scene().awaitEnd(pushed.run()).status()).isEqualTo("FAILED");
  }

  // ---- words

  private ExampleCommits commit(ExampleCommits.Change... changes) {
    return scene().commit(changes);
  }

  private List<String> aProductionOfNine() {
    productionMadeByKubectl(9);
    return scene().productionPods();
  }

  private void productionMadeByKubectl(int pods) {
    scene().kubectlMadeProduction(pods);
  }

  private void theCanaryIsGoneAndProductionUntouched(List<String> before) {
    assertThat(scene().canaryObjects()).isEmpty();
    assertThat(scene().productionPods()).as("the same pods as before").isEqualTo(before);
    assertThat(scene().endpoints()).as("production serves from its own pods").isEqualTo(before);
  }

  private static int served(String log) {
    var matcher = Pattern.compile("(\\d+) of 200 requests were served by").matcher(log);
    assertThat(matcher.find()).as("gate 2 says how many in: %s", log).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
