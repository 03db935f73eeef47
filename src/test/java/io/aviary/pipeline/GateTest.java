package io.aviary.pipeline;

import static io.aviary.release.step.StepContext.Decision.Verdict.APPROVE;
import static io.aviary.release.step.StepContext.Decision.Verdict.PROMOTE;
import static io.aviary.release.step.StepContext.Decision.Verdict.REJECT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.definition.ApprovalDefinition;
import io.aviary.release.definition.ApprovalDefinition.OnTimeout;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.GateDefinition.OnInconclusive;
import io.aviary.release.definition.TestDefinition;
import io.aviary.release.step.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gates without metrics: share, hold, test and people, alone and together. */
class GateTest {

  private static final ApprovalDefinition ONE =
      new ApprovalDefinition(Duration.ofHours(24), OnTimeout.REJECT, 1, false);
  private static final TestDefinition TEST =
      new TestDefinition("test", List.of("run"), Map.of(), Duration.ofMinutes(5));
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

  // ---- each alone

  @Test
  void aShareAloneIsPassedWhenItIsThere() {
    var scene = new GateScene(gate(10.0, null, null, null)).withProduction(9);

    assertThat(note(scene.settle("g"))).isEqualTo("nothing to wait for");

    assertThat(scene.outputs("g"))
        .containsEntry("asked", 10.0)
        .containsEntry("share", 10.0)
        .containsEntry("how", "1 of 10 ready endpoints");
    assertThat(scene.records)
        .containsExactly("share asked for 10.0 %, reached 10.0 %: 1 of 10 ready endpoints");
  }

  @Test
  void aHoldAloneWaitsForItsTimeAndNothingElse() {
    var scene = new GateScene(gate(null, TEN_MINUTES, null, null));

    var wait = waiting(scene.settle("g"));
    assertThat(wait.what()).isEqualTo(Outcome.For.TIME);
    assertThat(wait.reason()).isEqualTo("holds for 10m, until 2026-11-24T09:10:00Z");
    assertThat(wait.until())
        .as("no poll: there is no share to keep")
        .isEqualTo(scene.instant().plus(TEN_MINUTES));

    assertThat(note(scene.after(TEN_MINUTES).call("g"))).isEqualTo("held for 10m");
  }

  @Test
  void aTestAloneDecidesByItsExitCode() {
    var good = new GateScene(gate(null, null, TEST, null));
    assertThat(waiting(good.settle("g")).what()).isEqualTo(Outcome.For.CLUSTER);
    good.cluster.taskEnds("aviary-17-g", 0);
    assertThat(note(good.call("g"))).isEqualTo("the test ended with exit code 0");

    var bad = new GateScene(gate(null, null, TEST, null));
    bad.settle("g");
    bad.cluster.taskEnds("aviary-17-g", 3);
    assertThat(failure(bad.call("g"))).isEqualTo("the test ended with exit code 3");
    assertThat(bad.cluster.tasks()).isEmpty();
  }

  @Test
  void anApprovalAloneWaitsForAPersonWithoutPolling() {
    var scene = new GateScene(gate(null, null, null, ONE));

    var wait = waiting(scene.settle("g"));
    assertThat(wait.what()).isEqualTo(Outcome.For.PERSON);
    assertThat(wait.reason()).isEqualTo("waits until 2026-11-25T09:00:00Z for approval");
    assertThat(wait.until()).isEqualTo(scene.instant().plus(Duration.ofHours(24)));
    assertThat(scene.outputs("g"))
        .containsEntry("awaiting", "approval")
        .containsEntry("awaitingSince", "2026-11-24T09:00:00Z")
        .containsEntry("awaitingUntil", "2026-11-25T09:00:00Z")
        .containsEntry("people", 1);

    scene.after(TEN_MINUTES).decided(APPROVE, "finch", "looks good");
    assertThat(note(scene.call("g"))).isEqualTo("approved by finch: looks good");
    assertThat(scene.outputs("g"))
        .doesNotContainKey("awaiting")
        .containsEntry("approvedBy", "finch");
  }

  // ---- together

  @Test
  void holdAndTestGoOnSideBySideAndThenPeopleAreAsked() {
    var scene = new GateScene(gate(10.0, TEN_MINUTES, TEST, ONE)).withProduction(9);

    var both = waiting(scene.settle("g"));
    assertThat(both.what()).isEqualTo(Outcome.For.CLUSTER);
    assertThat(both.reason()).startsWith("holds for 10m, until").endsWith("; the test runs");

    scene.cluster.taskEnds("aviary-17-g", 0);
    var hold = waiting(scene.call("g"));
    assertThat(hold.what()).as("nothing but the hold is left").isEqualTo(Outcome.For.TIME);
    assertThat(hold.until())
        .as("the share is looked after meanwhile")
        .isEqualTo(scene.instant().plusSeconds(25));

    var asked = waiting(scene.after(TEN_MINUTES).call("g"));
    assertThat(asked.what()).isEqualTo(Outcome.For.PERSON);
    assertThat(asked.until()).isEqualTo(scene.instant().plusSeconds(60));
    assertThat(note(scene.decided(APPROVE, "finch", null).call("g")))
        .isEqualTo("approved by finch");
  }

  @Test
  void aTestThatIsLongerThanTheHoldIsWaitedFor() {
    var scene = new GateScene(gate(null, Duration.ofMinutes(1), TEST, null));
    scene.settle("g");

    var wait = waiting(scene.after(Duration.ofMinutes(2)).call("g"));
    assertThat(wait.reason()).isEqualTo("the test runs");
    scene.cluster.taskEnds("aviary-17-g", 0);
    assertThat(note(scene.call("g"))).isEqualTo("held for 1m; the test ended with exit code 0");
  }

  @Test
  void aFailingTestEndsTheHoldAtOnceAndNobodyIsAsked() {
    var scene = new GateScene(gate(10.0, TEN_MINUTES, TEST, ONE)).withProduction(9);
    scene.settle("g");
    scene.cluster.taskEnds("aviary-17-g", 1);

    assertThat(failure(scene.call("g"))).isEqualTo("the test ended with exit code 1");
    assertThat(scene.outputs("g")).doesNotContainKey("awaiting").containsEntry("exitCode", 1);
  }

  @Test
  void theGatesOwnTimeoutIsForAllButTheApproval() {
    var scene = new GateScene(gate(null, null, TEST, ONE)).withProduction(9);
    scene.settle("g");
    assertThat(scene.timeout("g")).isEqualTo(Duration.ofHours(1));
    assertThat(failure(scene.after(Duration.ofHours(2)).call("g")))
        .isEqualTo("the test did not end within 300 s");

    var asked = new GateScene(gate(null, null, null, ONE));
    asked.settle("g");
    assertThat(waiting(asked.after(Duration.ofHours(23)).call("g")).what())
        .isEqualTo(Outcome.For.PERSON);
    assertThat(asked.timeout("g"))
        .as("a cluster that is away does not end an approval")
        .isGreaterThan(Duration.ofHours(24));
  }

  // ---- people

  @Test
  void whatWasSaidBeforeItWasAskedDoesNotCount() {
    var scene = new GateScene(gate(null, TEN_MINUTES, null, ONE));
    scene.settle("g");
    scene.decided(APPROVE, "finch", "in advance").decided(REJECT, "wren", "in advance");

    assertThat(waiting(scene.after(TEN_MINUTES).call("g")).what()).isEqualTo(Outcome.For.PERSON);
  }

  @Test
  void aRejectionFailsTheGateWithWhoAndWhy() {
    var scene = new GateScene(gate(null, null, null, ONE));
    scene.settle("g");

    assertThat(failure(scene.decided(REJECT, "wren", "too late today").call("g")))
        .isEqualTo("rejected by wren: too late today");
  }

  @Test
  void severalPeopleMeansDifferentOnes() {
    var two = new ApprovalDefinition(Duration.ofHours(1), OnTimeout.REJECT, 2, false);
    var scene = new GateScene(gate(null, null, null, two));
    assertThat(waiting(scene.settle("g")).reason()).contains("for approval by 2 people");

    scene.decided(APPROVE, "finch", null).decided(APPROVE, "Finch", "again");
    assertThat(waiting(scene.call("g")).reason())
        .isEqualTo("waits until 2026-11-24T10:00:00Z for approval by 2 people; so far finch");
    assertThat(scene.outputs("g")).containsEntry("approvedBy", "finch");

    assertThat(note(scene.decided(APPROVE, "wren", "me too").call("g")))
        .isEqualTo("approved by finch and wren: me too");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jay finch", "JAY-AT-GITHUB", "jfinch", "jfinch@birds.example"})
  void theAuthorsApprovalDoesNotCountWhereItIsExcluded(String author) {
    var other = new ApprovalDefinition(Duration.ofHours(1), OnTimeout.REJECT, 1, true);
    var scene = new GateScene(gate(null, null, null, other));
    scene.settle("g");

    assertThat(waiting(scene.decided(APPROVE, author, null).call("g")).reason())
        .isEqualTo(
            "waits until 2026-11-24T10:00:00Z for approval, not by the commit's author; that of "
                + author
                + " does not count, who made the change");
    assertThat(note(scene.decided(APPROVE, "wren", null).call("g"))).isEqualTo("approved by wren");
  }

  @Test
  void theAuthorMayRejectTheirOwnChange() {
    var other = new ApprovalDefinition(Duration.ofHours(1), OnTimeout.REJECT, 1, true);
    var scene = new GateScene(gate(null, null, null, other));
    scene.settle("g");

    assertThat(failure(scene.decided(REJECT, "jfinch", "my mistake").call("g")))
        .isEqualTo("rejected by jfinch: my mistake");
  }

  @Test
  void anApprovalThatNobodyGivesEndsAsConfigured() {
    var rejects = new GateScene(gate(null, null, null, ONE));
    rejects.settle("g");
    assertThat(failure(rejects.after(Duration.ofHours(24)).call("g")))
        .isEqualTo("nobody approved within 24h");

    var approves =
        new GateScene(
            gate(
                null,
                null,
                null,
                new ApprovalDefinition(TEN_MINUTES, OnTimeout.APPROVE, 1, false)));
    approves.settle("g");
    assertThat(note(approves.after(TEN_MINUTES).call("g"))).isEqualTo("nobody objected within 10m");

    var two = new ApprovalDefinition(TEN_MINUTES, OnTimeout.REJECT, 2, false);
    var oneOfTwo = new GateScene(gate(null, null, null, two));
    oneOfTwo.settle("g");
    assertThat(failure(oneOfTwo.decided(APPROVE, "finch", null).after(TEN_MINUTES).call("g")))
        .isEqualTo("only 1 of 2 people approved within 10m");
  }

  @Test
  void whoWasAskedMayAnswerWhileTheShareIsPutRightAndItCountsOnceItIs() {
    var scene = new GateScene(gate(10.0, null, null, ONE)).withProduction(9);
    assertThat(waiting(scene.settle("g")).what()).isEqualTo(Outcome.For.PERSON);

    scene.withProduction(29);
    var putRight = waiting(scene.call("g"));
    assertThat(putRight.reason()).startsWith("the share is put right");
    assertThat(putRight.what()).as("the question stays").isEqualTo(Outcome.For.PERSON);

    scene.decided(APPROVE, "finch", null);
    assertThat(waiting(scene.call("g")).reason()).startsWith("the share is put right");
    assertThat(note(scene.settle("g"))).isEqualTo("approved by finch");
  }

  @Test
  void promoteStopsTheTestAndSkipsWhatIsLeft() {
    var scene = new GateScene(gate(10.0, TEN_MINUTES, TEST, ONE)).withProduction(9);
    scene.settle("g");
    assertThat(scene.cluster.tasks()).isNotEmpty();

    var outcome = scene.decided(PROMOTE, "finch", "seen enough").call("g");

    assertThat(outcome).isEqualTo(Outcome.skipped("promoted by finch: seen enough"));
    assertThat(scene.cluster.tasks()).isEmpty();
    assertThat(scene.outputs("g"))
        .as("the share stays for the roll-out")
        .containsEntry("share", 10.0);
  }

  @Test
  void promoteSkipsAGateThatHasNotBegun() {
    var scene = new GateScene(gate(10.0, TEN_MINUTES, TEST, ONE)).withProduction(9);

    assertThat(scene.decided(PROMOTE, "finch", null).call("g"))
        .isEqualTo(Outcome.skipped("promoted by finch"));
    assertThat(scene.cluster.tasks()).isEmpty();
  }

  // ---- the first release

  @Test
  void withoutProductionAGateWithAShareIsSkipped() {
    var scene = new GateScene(gate(10.0, TEN_MINUTES, TEST, null));

    assertThat(scene.call("g"))
        .isEqualTo(Outcome.skipped("there is no production yet whose traffic could be shared"));
  }

  @Test
  void withoutProductionOnlyTheApprovalOfAGateWithAShareIsLeft() {
    var scene = new GateScene(gate(10.0, TEN_MINUTES, TEST, ONE));

    assertThat(waiting(scene.call("g")).what()).isEqualTo(Outcome.For.PERSON);
    assertThat(scene.cluster.tasks()).isEmpty();
    assertThat(scene.records)
        .containsExactly(
            "only the approval is asked for: there is no production yet whose traffic could be"
                + " shared");
    assertThat(scene.outputs("g"))
        .containsEntry("skipped", "there is no production yet whose traffic could be shared");
    assertThat(note(scene.decided(APPROVE, "finch", null).call("g")))
        .isEqualTo("approved by finch");
  }

  @Test
  void withoutProductionAnInheritedShareIsSkippedToo() {
    var scene =
        new GateScene(
            named("first", 10.0, null, null, null), named("second", null, null, TEST, null));

    assertThat(scene.call("first")).isInstanceOf(Outcome.Skipped.class);
    assertThat(scene.call("second")).isInstanceOf(Outcome.Skipped.class);
  }

  @Test
  void aProductionThatIsDeletedWhileTheShareIsOnItsWayFailsTheGate() {
    var scene = new GateScene(gate(20.0, TEN_MINUTES, null, ONE)).withProduction(9);
    assertThat(waiting(scene.call("g")).what()).isEqualTo(Outcome.For.CLUSTER);

    scene.productionIsDeleted();

    assertThat(failure(scene.settle("g"))).contains("there is no Service birds");
  }

  @Test
  void aProductionThatIsDeletedBetweenTwoGatesFailsTheSecond() {
    var scene =
        new GateScene(
                named("first", 10.0, null, null, null), named("second", 20.0, null, TEST, ONE))
            .withProduction(9);
    assertThat(scene.settle("first")).isInstanceOf(Outcome.Done.class);

    scene.productionIsDeleted();

    assertThat(failure(scene.settle("second"))).contains("there is no Service birds");
  }

  // ---- the share

  @Test
  void aShareThatCannotBeHadFailsTheGateAndSaysWhatIsPossible() {
    var scene = new GateScene(gate(10.0, TEN_MINUTES, null, null)).withProduction(3);

    assertThat(failure(scene.settle("g")))
        .startsWith(
            "10 % is not possible with 3 production pods: 1 canary pod makes the nearest share, 25"
                + " %");
  }

  @Test
  void aReplacedPodIsPutBackIntoTheShareAndThatIsRecorded() {
    var scene = new GateScene(gate(10.0, TEN_MINUTES, null, null)).withProduction(9);
    scene.settle("g");
    scene.cluster.kill(scene.cluster.living("birds-canary").getFirst());
    scene.cluster.settle();

    var away = waiting(scene.call("g"));
    assertThat(away.what()).isEqualTo(Outcome.For.CLUSTER);
    assertThat(away.reason()).startsWith("the share is put right: 0 of 1 canary pods ready");

    scene.cluster.start();
    assertThat(waiting(scene.settle("g")).what()).isEqualTo(Outcome.For.TIME);
    assertThat(scene.records).hasSize(3);
    assertThat(scene.records.getLast()).isEqualTo("the share is back: 1 of 10 ready endpoints");
  }

  @Test
  void aShareThatDoesNotComeBackFailsTheGate() {
    var scene = new GateScene(gate(10.0, TEN_MINUTES, null, null)).withProduction(9);
    scene.settle("g");
    scene.cluster.kill(scene.cluster.living("birds-canary").getFirst());
    scene.cluster.settle();
    scene.call("g");

    assertThat(failure(scene.after(Duration.ofMinutes(11)).call("g")))
        .startsWith("the share was lost and not to be had again within 600 s");
  }

  @Test
  void aShareThatProductionsPodsPutOutOfReachFailsTheGateAlsoWhilePeopleAreAsked() {
    var scene = new GateScene(gate(10.0, null, null, ONE)).withProduction(9);
    scene.settle("g");
    scene.cluster.scale("ns", "birds", 2);
    scene.cluster.start();

    assertThat(waiting(scene.call("g")).reason())
        .startsWith("the share is put right: 10 % is not possible with 2 production pods");
    assertThat(failure(scene.after(Duration.ofMinutes(11)).call("g")))
        .startsWith(
            "the share was lost and not to be had again within 600 s: 10 % is not possible");
  }

  @Test
  void aProductionThatPassesThroughAFewPodsDoesNotFailTheGate() {
    var scene = new GateScene(gate(10.0, TEN_MINUTES, null, null)).withProduction(9);
    scene.settle("g");
    scene.cluster.scale("ns", "birds", 2);
    scene.cluster.start();
    assertThat(waiting(scene.call("g")).reason()).startsWith("the share is put right");

    scene.cluster.scale("ns", "birds", 9);
    scene.cluster.start();
    assertThat(waiting(scene.settle("g")).what()).isEqualTo(Outcome.For.TIME);
    assertThat(scene.records.getLast()).isEqualTo("the share is back: 1 of 10 ready endpoints");
  }

  @Test
  void aShareOutOfReachFailsTheGateAtOnceUnlessProductionsPodsAreStillBecomingMore() {
    var scene = new GateScene(gate(10.0, TEN_MINUTES, null, null)).withProduction(2);
    scene.cluster.scale("ns", "birds", 9);
    assertThat(waiting(scene.call("g")).reason())
        .startsWith("10 % is not possible with 2 production pods");
    scene.cluster.start();
    assertThat(waiting(scene.settle("g")).what()).isEqualTo(Outcome.For.TIME);

    var settled = new GateScene(gate(10.0, TEN_MINUTES, null, null)).withProduction(2);
    assertThat(failure(settled.call("g")))
        .startsWith("10 % is not possible with 2 production pods");
  }

  @Test
  void aCanaryThatSomebodyGivesAnotherImageFailsTheGateAlsoIfItsPodsAreNeverReady() {
    var scene = new GateScene(gate(10.0, TEN_MINUTES, TEST, null)).withProduction(9);
    scene.settle("g");
    scene.canaryGetsImage("somebody/else:1");

    assertThat(failure(scene.call("g")))
        .isEqualTo(
            "the Deployment birds-canary was changed by someone else: its container old is to run"
                + " somebody/else:1 instead of registry/canary@sha256:new");
  }

  @Test
  void aCanaryThatSomebodyDeletesFailsTheGate() {
    var scene = new GateScene(gate(null, TEN_MINUTES, TEST, null));
    scene.settle("g");
    scene.cluster.remove("Deployment", "birds-canary");

    assertThat(failure(scene.call("g")))
        .isEqualTo("the Deployment birds-canary was deleted by someone else");
    assertThat(scene.cluster.tasks()).isEmpty();
  }

  @Test
  void theNextGateKeepsTheShareOfTheOneBefore() {
    var scene =
        new GateScene(
                named("first", 10.0, null, null, null),
                named("second", null, TEN_MINUTES, null, null))
            .withProduction(9);
    scene.settle("first");
    var pod = scene.cluster.living("birds-canary").getFirst();

    assertThat(waiting(scene.settle("second")).what()).isEqualTo(Outcome.For.TIME);
    assertThat(scene.cluster.labels(pod)).containsEntry("app", "birds");
    assertThat(scene.outputs("second")).containsEntry("share", 10.0).doesNotContainKey("asked");
  }

  @Test
  void aRunThatEndsStopsTheTest() {
    var scene = new GateScene(gate(null, null, TEST, null));
    scene.settle("g");

    scene.stop("g");

    assertThat(scene.cluster.tasks()).isEmpty();
  }

  // ----

  static Outcome.Wait<GateProgress> waiting(Outcome<GateProgress> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Wait.class);
    return (Outcome.Wait<GateProgress>) outcome;
  }

  static @Nullable String note(Outcome<GateProgress> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done<GateProgress>) outcome).note();
  }

  static String failure(Outcome<GateProgress> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed<GateProgress>) outcome).reason();
  }

  private static GateDefinition gate(
      @Nullable Double traffic,
      @Nullable Duration hold,
      @Nullable TestDefinition test,
      @Nullable ApprovalDefinition approval) {
    return named("g", traffic, hold, test, approval);
  }

  private static GateDefinition named(
      String name,
      @Nullable Double traffic,
      @Nullable Duration hold,
      @Nullable TestDefinition test,
      @Nullable ApprovalDefinition approval) {
    return new GateDefinition(
        name, traffic, hold, Duration.ofHours(1), test, List.of(), OnInconclusive.WAIT, approval);
  }
}
