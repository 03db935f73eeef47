package io.aviary.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.definition.TrafficDefinition.By;
import io.aviary.traffic.TrafficSplit.Progress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelSplitTest {

  private final Scene scene = new Scene(9);
  private final FakeCluster cluster = scene.cluster;
  private final TrafficSplit split = scene.split(By.LABELS, null);

  @ParameterizedTest
  @CsvSource({
    "10, 9, 1",
    "25, 9, 3",
    "50, 9, 9",
    "75, 9, 27",
    "1, 9, 1",
    "30, 9, 4",
    "10, 1, 1",
    "33.3, 2, 1",
    "10, 0, 1",
    "90, 9, 27",
    "100, 9, 27",
    "0.1, 100000, 100",
    "50, 100000000, 100000000",
    "20, 2, 1",
  })
  void theNumberOfPodsIsTheOneThatComesNearest(double percent, int others, int pods) {
    assertThat(LabelSplit.podsFor(percent, others)).isEqualTo(pods);
  }

  @Test
  void theNearestNumberIsFoundForEachShare() {
    for (var others = 1; others < 40; others++) {
      for (var percent = 0.5; percent <= 100; percent += 0.5) {
        assertThat(LabelSplit.podsFor(percent, others))
            .as("%s %% of %s", percent, others)
            .isEqualTo(byTrying(percent, others));
      }
    }
  }

  private static int byTrying(double percent, int others) {
    var best = 1;
    for (var pods = 2; pods <= others * LabelSplit.MOST_FOR_EACH; pods++) {
      if (Math.abs(Percent.share(pods, others) - percent)
          < Math.abs(Percent.share(best, others) - percent)) {
        best = pods;
      }
    }
    return best;
  }

  @Test
  void onePodOfTenIsTenPerCent() {
    assertThat(split.advance(10)).isInstanceOf(Progress.Pending.class);
    assertThat(inService()).hasSize(1);
    cluster.settle();

    assertThat(split.advance(10)).isEqualTo(new Progress.Reached(10, "1 of 10 ready endpoints"));
    assertThat(cluster.writes).doesNotContain("scale birds-canary 1");
  }

  @ParameterizedTest
  @CsvSource({"25, 3, 25", "50, 9, 50", "30, 4, 30.77"})
  void moreCanaryPodsAreStartedForMore(double asked, int pods, double share) {
    assertThat(scene.reach(split, asked, () -> {}))
        .isEqualTo(new Progress.Reached(share, pods + " of " + (pods + 9) + " ready endpoints"));
    assertThat(cluster.living("birds-canary")).hasSize(pods);
    assertThat(cluster.living("birds")).hasSize(9);
  }

  @Test
  void podsGetTheirLabelsOnceTheyAreReady() {
    split.advance(25);
    cluster.start();
    var late = cluster.living("birds-canary").getLast();
    cluster.ready(late, false);
    split.advance(25);
    cluster.settle();

    assertThat(split.advance(25))
        .isEqualTo(
            new Progress.Pending(
                "2 of 3 canary pods ready for 25 %: " + late + ": Unready no answer yet"));
    assertThat(inService()).hasSize(2).doesNotContain(late);

    cluster.ready(late, true);
    split.advance(25);
    cluster.settle();
    assertThat(split.advance(25)).isInstanceOf(Progress.Reached.class);
  }

  @Test
  void endpointsFromBeforeTheLabelsAreNotBelieved() {
    scene.reach(split, 10, () -> {});
    var exposed = inService().getFirst();
    cluster.scale("ns", "birds-canary", 2);
    cluster.start();
    // The one with labels leaves and another gets them: one endpoint, but the wrong one.
    cluster.ready(exposed, false);
    assertThat(split.advance(10)).isInstanceOf(Progress.Pending.class);
    assertThat(inService()).hasSize(1).doesNotContain(exposed);
    assertThat(split.advance(10)).isInstanceOf(Progress.Pending.class);
    cluster.settle();
    assertThat(split.advance(10)).isInstanceOf(Progress.Reached.class);
  }

  @Test
  void whatIsBeyondTheWantedNumberLosesItsLabels() {
    scene.reach(split, 50, () -> {});
    assertThat(inService()).hasSize(9);

    assertThat(scene.reach(split, 10, () -> {})).isInstanceOf(Progress.Reached.class);
    assertThat(inService()).hasSize(1);
    assertThat(cluster.living("birds-canary")).as("never scaled down").hasSize(9);
    assertThat(cluster.labels(cluster.living("birds-canary").getLast())).containsOnlyKeys("type");
  }

  @Test
  void aShareOutOfReachSaysWhatIsPossibleAndTouchesNothing() {
    scene.production(2);

    assertThat(split.advance(10))
        .isEqualTo(
            new Progress.OutOfReach(
                "10 % is not possible with 2 production pods: 1 canary pod makes the nearest share,"
                    + " 33.33 %, which is farther away than the tolerance of 5 points; ask for that"
                    + " share, change the number of production's pods, or share traffic by gateway"));
    assertThat(cluster.writes).isEmpty();
  }

  @Test
  void aShareExactlyAtTheToleranceIsPossible() {
    scene.production(4);
    assertThat(scene.reach(split, 15, () -> {})).isInstanceOf(Progress.Reached.class);
  }

  @Test
  void noReadyProductionIsWaitedFor() {
    cluster.living("birds").forEach(pod -> cluster.ready(pod, false));
    cluster.settle();
    assertThat(split.advance(10)).isInstanceOf(Progress.Pending.class);
    assertThat(cluster.writes).isEmpty();
  }

  @Test
  void whatHasNoServiceOrDeploymentIsImpossible() {
    cluster.remove("Service", "birds");
    assertThat(split.advance(10))
        .isInstanceOfSatisfying(
            Progress.Impossible.class,
            no -> assertThat(no.reason()).startsWith("there is no Service birds with a selector"));

    cluster.remove("Deployment", "birds-canary");
    assertThat(split.advance(10))
        .isEqualTo(
            new Progress.Impossible("the Deployment birds-canary was deleted from namespace ns"));
    assertThat(split.keep(10)).isInstanceOf(Progress.Impossible.class);
  }

  @Test
  void podsThatTheServiceSelectsByTheirTemplateAreRefused() {
    scene.canary("{type: canary}", "{type: canary, app: birds, production: ready}");
    assertThat(split.advance(10))
        .isInstanceOfSatisfying(
            Progress.Impossible.class,
            no ->
                assertThat(no.reason())
                    .startsWith("the Service birds selects the canary's pods by the labels"));
  }

  @Test
  void aLabelThatTheDeploymentItselfSelectsByIsRefused() {
    scene.canary("{app: birds-canary}", "{app: birds-canary}");
    assertThat(split.advance(10))
        .isInstanceOfSatisfying(
            Progress.Impossible.class,
            no ->
                assertThat(no.reason())
                    .startsWith("the label app is part of the selector of both"));
    assertThat(cluster.writes).isEmpty();
  }

  // ---- keeping

  @Test
  void keepingIsCheapWhileNothingChanges() {
    scene.reach(split, 25, () -> {});
    cluster.calls = 0;
    cluster.writes.clear();

    assertThat(split.keep(25)).isEqualTo(new Progress.Reached(25, "3 of 12 ready endpoints"));
    assertThat(cluster.calls).isLessThanOrEqualTo(3);
    assertThat(cluster.writes).isEmpty();
  }

  @Test
  void aReplacementIsLabelledAgain() {
    scene.reach(split, 25, () -> {});
    cluster.kill(inService().getFirst());
    cluster.start();
    assertThat(inService()).hasSize(2);

    assertThat(split.keep(25)).isInstanceOf(Progress.Pending.class);
    cluster.settle();
    assertThat(split.keep(25)).isEqualTo(new Progress.Reached(25, "3 of 12 ready endpoints"));
  }

  @Test
  void allReplacedAtOnceAreLabelledAgain() {
    scene.reach(split, 25, () -> {});
    cluster.living("birds-canary").forEach(cluster::kill);
    cluster.start();

    split.keep(25);
    cluster.settle();
    assertThat(split.keep(25)).isEqualTo(new Progress.Reached(25, "3 of 12 ready endpoints"));
  }

  @Test
  void aPodThatEndsIsNotCounted() {
    scene.reach(split, 25, () -> {});
    cluster.terminate(inService().getFirst());
    cluster.start();
    split.keep(25);
    cluster.settle();
    assertThat(split.keep(25)).isEqualTo(new Progress.Reached(25, "3 of 12 ready endpoints"));
  }

  @Test
  void theNumberStaysWhileTheShareIsWithinTheTolerance() {
    scene.reach(split, 25, () -> {});

    scene.production(8);
    assertThat(split.keep(25)).isEqualTo(new Progress.Reached(27.27, "3 of 11 ready endpoints"));
    scene.production(11);
    assertThat(split.keep(25)).isEqualTo(new Progress.Reached(21.43, "3 of 14 ready endpoints"));
    assertThat(cluster.writes).isEmpty();
  }

  @Test
  void theNumberFollowsProductionThatGrewOrShrank() {
    scene.reach(split, 25, () -> {});

    scene.production(30);
    split.keep(25);
    cluster.start();
    split.keep(25);
    cluster.settle();
    assertThat(split.keep(25)).isEqualTo(new Progress.Reached(25, "10 of 40 ready endpoints"));

    scene.production(3);
    split.keep(25);
    cluster.settle();
    assertThat(split.keep(25)).isEqualTo(new Progress.Reached(25, "1 of 4 ready endpoints"));
    assertThat(cluster.living("birds-canary")).as("never scaled down").hasSize(10);
  }

  @Test
  void aShareThatIsOutOfReachForNowIsLeftAsItIs() {
    scene.reach(split, 25, () -> {});
    scene.production(1);
    assertThat(split.keep(25)).isInstanceOf(Progress.OutOfReach.class);
    scene.production(0);
    assertThat(split.keep(25)).isInstanceOf(Progress.Pending.class);
    assertThat(cluster.writes).isEmpty();
    assertThat(inService()).hasSize(3);
  }

  @Test
  void whatIsRememberedOfAnotherShareIsNotTaken() {
    scene.reach(split, 50, () -> {});
    split.keep(10);
    cluster.settle();
    assertThat(split.keep(10)).isInstanceOf(Progress.Reached.class);
    assertThat(inService()).hasSize(1);
  }

  // ---- taking away

  @Test
  void withdrawingIsTrueOnceTheEndpointsSaySo() {
    scene.reach(split, 25, () -> {});

    assertThat(split.withdraw()).isFalse();
    assertThat(inService()).isEmpty();
    assertThat(split.withdraw()).as("endpoints still old").isFalse();
    cluster.settle();
    assertThat(split.withdraw()).isTrue();
    assertThat(split.withdraw()).isTrue();
    assertThat(cluster.labels(cluster.living("birds-canary").getFirst())).containsOnlyKeys("type");
  }

  @Test
  void labelsOfTheTemplateAreNeverTaken() {
    scene.canary("{type: canary}", "{type: canary, app: birds, production: not-yet}");
    cluster.living("birds-canary").forEach(cluster::kill);
    cluster.start();
    assertThat(scene.reach(split, 10, () -> {})).isInstanceOf(Progress.Reached.class);
    var pod = cluster.living("birds-canary").getFirst();
    assertThat(cluster.labels(pod)).containsEntry("production", "ready");

    split.withdraw();
    cluster.settle();
    assertThat(split.withdraw()).isTrue();
    assertThat(cluster.labels(pod))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("type", "canary", "app", "birds", "production", "not-yet"));
  }

  @Test
  void podsWhoseDeploymentWasDeletedAreFoundByTheirMark() {
    scene.reach(split, 25, () -> {});
    cluster.remove("Deployment", "birds-canary");

    assertThat(split.withdraw()).isFalse();
    cluster.settle();
    assertThat(split.withdraw()).isTrue();
  }

  @Test
  void podsThatAreSelectedByTheirTemplateAreStopped() {
    scene.canary("{type: canary}", "{type: canary, app: birds, production: ready}");
    cluster.living("birds-canary").forEach(cluster::kill);
    cluster.start();

    assertThat(split.withdraw()).isFalse();
    assertThat(cluster.writes).contains("scale birds-canary 0");
    cluster.start();
    assertThat(split.withdraw()).isTrue();
  }

  @Test
  void nothingToTakeAwayIsTrue() {
    assertThat(split.withdraw()).isTrue();
    cluster.remove("Service", "birds");
    cluster.remove("Deployment", "birds-canary");
    cluster.settle();
    assertThat(split.withdraw()).isTrue();
    assertThat(cluster.writes).isEmpty();
  }

  /** Canary pods that the Service would select. */
  private List<String> inService() {
    return cluster.living("birds-canary").stream()
        .filter(pod -> "ready".equals(cluster.labels(pod).get("production")))
        .filter(pod -> "birds".equals(cluster.labels(pod).get("app")))
        .toList();
  }
}
