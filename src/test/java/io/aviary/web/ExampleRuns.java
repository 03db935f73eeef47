package io.aviary.web;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.aviary.release.PipelineName;
import io.aviary.release.RunStatus;
import io.aviary.release.StepStatus;
import java.time.Duration;
import java.time.Instant;

/** A few runs such as a team has on an ordinary day. */
public final class ExampleRuns {

  private final Stories stories;

  public ExampleRuns(Stories stories) {
    this.stories = stories;
  }

  public Stories.Story superseded() {
    return stories
        .run("ornithology", PipelineName.CANARY, "c9b2f41", "WIP: sort birds", ofMinutes(170))
        .step("readSource", "readSource", ofMillis(400))
        .step(
            "buildAppImage",
            "buildImage",
            ofSeconds(9),
            StepStatus.CANCELLED,
            "stopped: superseded by run 3 (2a034bf)")
        .become(RunStatus.SUPERSEDED, "superseded by run 3 (2a034bf)");
  }

  public Stories.Story good() {
    var canary =
        images("0be14e1", "A bird registry", ofMinutes(125))
            .step("testCanary", "gate", ofMillis(3600), StepStatus.SUCCEEDED, "exit code 0")
            .step(
                "rollbackCanary",
                "rollbackCanary",
                Duration.ZERO,
                StepStatus.SKIPPED,
                "not needed: testCanary passed")
            .step(
                "verifyCanaryInProd",
                "gate",
                ofMillis(4100),
                StepStatus.SUCCEEDED,
                "exit code 0 with 9.5 % of the traffic",
                "{\"share\":9.5,\"requests\":200,\"served\":19}")
            .step(
                "rollbackCanary2",
                "rollbackCanary",
                Duration.ZERO,
                StepStatus.SKIPPED,
                "not needed: triggerProdDeployment passed")
            .step("triggerProdDeployment", "triggerProdDeployment", ofMillis(12))
            .become(RunStatus.SUCCEEDED, null);
    var production =
        stories
            .run(
                "ornithology",
                PipelineName.PRODUCTION,
                "0be14e1",
                "A bird registry",
                ofMinutes(124))
            .step("deployToK8s", "deployToK8s", ofMillis(600))
            .step(
                "awaitRollout",
                "awaitRollout",
                ofMillis(26_400),
                StepStatus.SUCCEEDED,
                "9 of 9 pods ready")
            .step(
                "rollbackProduction",
                "rollbackProduction",
                Duration.ZERO,
                StepStatus.SKIPPED,
                "not needed: awaitRollout passed")
            .step("retireCanary", "retireCanary", ofMillis(2400))
            .become(RunStatus.SUCCEEDED, null);
    canary.linkedTo(production);
    stories.live(
        "ornithology",
        production.id(),
        "0be14e1" + "0".repeat(33),
        Instant.now().minus(ofMinutes(123)));
    return canary;
  }

  public Stories.Story rolledBack() {
    return images("2a034bf", "Return birds sorted by last sighting", ofMinutes(52))
        .step("testCanary", "gate", ofMillis(3600), StepStatus.SUCCEEDED, "exit code 0")
        .step(
            "rollbackCanary",
            "rollbackCanary",
            Duration.ZERO,
            StepStatus.SKIPPED,
            "not needed: testCanary passed")
        .step(
            "verifyCanaryInProd",
            "gate",
            ofSeconds(160),
            StepStatus.FAILED,
            "exit code 1: /version answered 500",
            "{\"asked\":10.0,\"share\":10.2,\"how\":\"1 of 10 ready endpoints\",\"exitCode\":1,\"shareSince\":\""
                + Instant.now().minus(ofMinutes(51))
                + "\"}")
        .log("verifyCanaryInProd", "ping 1\nping 2\nGET /version\n500 Internal Server Error\n")
        .note(
            "verifyCanaryInProd",
            "exit code 1: /version answered 500",
            "[\"GET /version\",\"500 Internal Server Error\",\"19 of 200 answers came from 2a034bf, 4 of them errors\"]")
        .step("rollbackCanary2", "rollbackCanary", ofMillis(4000))
        .step(
            "triggerProdDeployment",
            "triggerProdDeployment",
            Duration.ZERO,
            StepStatus.SKIPPED,
            "not reached: the run was rolled back")
        .become(RunStatus.ROLLED_BACK, "verifyCanaryInProd: exit code 1: /version answered 500");
  }

  public Stories.Story failed() {
    return stories
        .run(
            "warbler",
            PipelineName.CANARY,
            "e51c7d2",
            "Dockerfile: slim base",
            Duration.ofHours(26))
        .step("readSource", "readSource", ofMillis(350))
        .step(
            "buildAppImage",
            "buildImage",
            ofMillis(3900),
            StepStatus.FAILED,
            "the build ended with exit code 1")
        .note(
            "buildAppImage",
            "the build ended with exit code 1",
            "[\"#7 RUN pip install flask\",\"#7 0.412 /bin/sh: pip: not found\",\"error: failed to solve\"]")
        .step(
            "pushAppImage",
            "pushImage",
            Duration.ZERO,
            StepStatus.SKIPPED,
            "not reached: the run failed")
        .become(RunStatus.FAILED, "buildAppImage: the build ended with exit code 1");
  }

  public Stories.Story waiting() {
    return images("5d1e0a9", "Bump the map tiles", ofMinutes(4), "warbler")
        .step(
            "approveRelease",
            "gate",
            ofSeconds(30),
            StepStatus.WAITING,
            "waits for approval by 1 person until 18:00")
        .step("rollbackCanary", "rollbackCanary", Duration.ZERO, StepStatus.PENDING, null)
        .step(
            "triggerProdDeployment",
            "triggerProdDeployment",
            Duration.ZERO,
            StepStatus.PENDING,
            null)
        .become(RunStatus.WAITING, null);
  }

  public Stories.Story running() {
    var run =
        images("77c01de", "Cache the list of species", ofSeconds(50))
            .step("testCanary", "gate", ofSeconds(3), StepStatus.RUNNING, "the test is running")
            .log("testCanary", "ping 1\ncurl: (28) Operation timed out\nping 2\n")
            .step("rollbackCanary", "rollbackCanary", Duration.ZERO, StepStatus.PENDING, null)
            .step("verifyCanaryInProd", "gate", Duration.ZERO, StepStatus.PENDING, null)
            .step("rollbackCanary2", "rollbackCanary", Duration.ZERO, StepStatus.PENDING, null)
            .step(
                "triggerProdDeployment",
                "triggerProdDeployment",
                Duration.ZERO,
                StepStatus.PENDING,
                null);
    stories.holdsTurn("ornithology", run.id());
    return run;
  }

  private Stories.Story images(String revision, String title, Duration ago) {
    return images(revision, title, ago, "ornithology");
  }

  private Stories.Story images(String revision, String title, Duration ago, String application) {
    return stories
        .run(application, PipelineName.CANARY, revision, title, ago)
        .step("readSource", "readSource", ofMillis(400))
        .step("buildAppImage", "buildImage", ofMillis(8100))
        .step("pushAppImage", "pushImage", ofMillis(200))
        .step("buildTestImage", "buildImage", ofMillis(7400))
        .step("pushTestImage", "pushImage", ofMillis(200))
        .step(
            "deployCanary",
            "deployCanary",
            ofMillis(12_500),
            StepStatus.SUCCEEDED,
            "1 of 1 pods ready");
  }
}
