package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.DeliveryFilter;
import io.aviary.release.DeliveryView;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.RunFilter;
import io.aviary.release.RunView;
import io.aviary.release.Trigger;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Pushes that GitHub did not deliver. */
class MissedPushesTest extends WebhookTest {

  private static final String BIRDS = "otomato/birds";

  @Autowired MeterRegistry meters;

  private final String a = Pushes.commit();
  private final String b = Pushes.commit();
  private final String c = Pushes.commit();

  @Test
  void anEmptyDatabaseReleasesNothing() {
    headsAre(a);

    missed.look();

    assertThat(count("run")).isZero();
    assertThat(count("delivery")).isZero();
    assertThat(count("branch_head")).isEqualTo(5);
    assertThat(head("birds")).isEqualTo(a);

    missed.look();
    assertThat(count("run")).isZero();
  }

  @Test
  void aPushWhoseResultWasTakenAsKnownWhileItWasOnItsWayIsReleasedOnce() {
    headsAre(a);
    missed.look();
    var body = Pushes.body(BIRDS, Pushes.commit(), a);

    push("current", body);
    push("current", body);

    assertThat(onlyRun("birds").revision()).isEqualTo(a);
    assertThat(newest("birds").verdict()).isEqualTo(Verdict.DUPLICATE);
  }

  @Test
  void aMissedPushBecomesARunThatSaysSo() {
    headsAre(a);
    missed.look();
    history.headIs("birds", b);

    missed.look();
    missed.look();

    var run = onlyRun("birds");
    assertThat(run.revision()).isEqualTo(b);
    assertThat(run.trigger()).isEqualTo(Trigger.MISSED_PUSH);
    assertThat(run.triggeredBy()).isEqualTo("aviary");
    var delivery = newest("birds");
    assertThat(delivery.event()).isEqualTo(DeliveryView.MISSED_PUSH);
    assertThat(delivery.ref()).isEqualTo("refs/heads/master");
    assertThat(delivery.before()).isEqualTo(a);
    assertThat(delivery.after()).isEqualTo(b);
    assertThat(delivery.address()).isNull();
    assertThat(delivery.applications().getFirst().run()).isEqualTo(run.id());
    assertThat(delivery.applications().getFirst().secret()).isNull();

    assertThat(push("current", Pushes.body(BIRDS, a, b)).run("birds"))
        .as("the delivery comes after all")
        .isEqualTo(run.id());
    assertThat(count("run")).isEqualTo(1);
  }

  @Test
  void whatHasAVerdictOfAnyKindIsNotMissed() {
    headsAre(a);
    push("current", Pushes.body(BIRDS, "refs/heads/master", Pushes.commit(), a, "[no ci]", false));

    missed.look();

    assertThat(onlyRuns("birds")).isEmpty();
  }

  @Test
  void aRolledBackCommitThatTheBranchReturnsToIsIgnored() {
    push("current", Pushes.body(BIRDS, Pushes.commit(), a));
    var bad = push("current", Pushes.body(BIRDS, a, b)).run("birds");
    runEnds(bad, "ROLLED_BACK");
    push("current", Pushes.body(BIRDS, b, c));
    headsAre(b);

    missed.look();
    missed.look();

    assertThat(newest("birds").verdict()).isEqualTo(Verdict.IGNORED);
    assertThat(newest("birds").reason()).startsWith("run " + bad + " rolled ");
    assertThat(head("birds")).isEqualTo(b);
  }

  @Test
  void aMissedForcePushBackMakesARun() {
    push("current", Pushes.body(BIRDS, Pushes.commit(), a));
    push("current", Pushes.body(BIRDS, a, b));
    headsAre(a);

    missed.look();

    assertThat(onlyRuns("birds")).hasSize(3);
    assertThat(onlyRuns("birds").getFirst().revision()).isEqualTo(a);
  }

  /** c came first, then its parents; the one of them that came last was taken for the head. */
  @Test
  void deliveriesOutOfOrderAreNoMissedPush() {
    var start = Pushes.commit();
    push("current", Pushes.body(BIRDS, b, c));
    push("current", Pushes.body(BIRDS, start, a));
    push("current", Pushes.body(BIRDS, a, b));
    assertThat(head("birds")).isNotEqualTo(c);
    headsAre(c);

    missed.look();

    assertThat(onlyRuns("birds")).hasSize(3);
    assertThat(head("birds")).isEqualTo(c);
  }

  @Test
  void pathsAreAskedForHereToo() {
    headsAre(a);
    missed.look();
    history.headIs("wing", b);
    history.changed(a, b, "README.md");

    missed.look();
    scheduler.runAnyDueExecutions();

    assertThat(newest("wing").event()).isEqualTo(DeliveryView.MISSED_PUSH);
    assertThat(newest("wing").verdict()).isEqualTo(Verdict.IGNORED);
    assertThat(onlyRuns("wing")).isEmpty();

    history.headIs("wing", c);
    history.changed(b, c, "services/wing/api.py");
    missed.look();
    scheduler.runAnyDueExecutions();

    assertThat(onlyRun("wing").trigger()).isEqualTo(Trigger.MISSED_PUSH);
  }

  @Test
  void anOutageOfOneIsCountedAndConcernsNoOther() {
    headsAre(a);
    missed.look();
    var before = meters.counter("aviary.missed.push.faults").count();
    headsAre(b);
    history.whenAskedForHead(
        "birds",
        any -> {
          throw new IllegalStateException("git.example.org does not answer");
        });

    missed.look();

    assertThat(meters.counter("aviary.missed.push.faults").count()).isEqualTo(before + 1);
    assertThat(onlyRuns("birds")).isEmpty();
    assertThat(onlyRuns("nest")).hasSize(1);
    assertThat(onlyRuns("egg")).hasSize(1);
  }

  /** What git said may be older than what was delivered while it was being asked. */
  @Test
  void aPushThatIsDeliveredMeanwhileWins() {
    headsAre(a);
    missed.look();
    history.whenAskedForHead(
        "birds",
        any -> {
          push("current", Pushes.body(BIRDS, a, b));
          push("current", Pushes.body(BIRDS, b, c));
          return b;
        });

    missed.look();

    assertThat(onlyRuns("birds")).hasSize(2);
    assertThat(head("birds")).isEqualTo(c);
  }

  @Test
  void aRepositoryThatTakesLongIsNotAskedTwiceAtOnce() throws Exception {
    headsAre(a);
    missed.look();
    var asked = new CountDownLatch(1);
    var answer = new CountDownLatch(1);
    history.whenAskedForHead(
        "birds",
        any -> {
          asked.countDown();
          await(answer);
          return b;
        });
    history.headIs("nest", b);

    var first = Thread.ofVirtual().start(missed::look);
    await(asked);
    try {
      Awaitility.await()
          .untilAsserted(
              () -> {
                missed.look();
                assertThat(onlyRuns("nest")).hasSize(1);
              });
      assertThat(onlyRuns("birds")).isEmpty();
    } finally {
      answer.countDown();
    }
    first.join();
    assertThat(onlyRuns("birds")).hasSize(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void headsAre(String head) {
    for (var application : List.of("birds", "songs", "nest", "egg", "wing")) {
      history.headIs(application, head);
    }
  }

  private List<RunView> onlyRuns(String application) {
    return runs.search(
            new RunFilter(application, null, null, null, null, null, null, null, null), 0, 100)
        .items();
  }

  private RunView onlyRun(String application) {
    assertThat(onlyRuns(application)).hasSize(1);
    return onlyRuns(application).getFirst();
  }

  private DeliveryView newest(String application) {
    return deliveries.search(new DeliveryFilter(application, null), 0, 1).items().getFirst();
  }
}
