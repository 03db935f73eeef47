package io.aviary.release.engine;

import static io.aviary.release.RunStatus.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.Actor;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.Interventions;
import io.aviary.release.PipelineName;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Releases;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.release.StepStatus;
import io.aviary.release.StepView;
import io.aviary.release.Trigger;
import io.aviary.release.step.Lease;
import io.aviary.release.step.LeaseLostException;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.Pipelines;
import io.aviary.release.step.Plan;
import io.aviary.release.step.StepBean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Primary;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

/**
 * The engine's rules, one after the other, on a database in memory and with time standing still.
 */
@SpringBootTest(
    classes = EngineTest.Server.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:engine",
      "db-scheduler.enabled=false",
      "aviary.applications[0].name=birds",
      "aviary.applications[0].repository=otomato/birds",
      "aviary.applications[0].namespace=birds",
      "aviary.applications[0].webhook-secrets=s",
      "aviary.applications[1].name=patient",
      "aviary.applications[1].repository=otomato/patient",
      "aviary.applications[1].namespace=patient",
      "aviary.applications[1].webhook-secrets=s",
      "aviary.applications[1].on-newer-commit=queue",
    })
class EngineTest {

  @EnableAutoConfiguration
  @EntityScan("io.aviary.release")
  @EnableJpaRepositories("io.aviary.release")
  @EnableConfigurationProperties(io.aviary.release.AviaryProperties.class)
  @ComponentScan(
      basePackages = "io.aviary.release",
      excludeFilters =
          @ComponentScan.Filter(type = FilterType.ASSIGNABLE_TYPE, classes = Dispatcher.class))
  static class Server {

    @Bean
    @Primary
    ManualClock manualClock() {
      return new ManualClock();
    }

    @Bean
    @Primary
    ScriptedStep scripted() {
      return new ScriptedStep();
    }

    /** The same: that a step is a gate is what its kind says. */
    @Bean
    ScriptedStep gate(ScriptedStep scripted) {
      return scripted;
    }

    /**
     * read → build → deploy → gate1 (else undo1) → gate2 (else undo2) → trigger; production: roll
     * (else restore) → retire
     */
    @Bean
    Pipelines pipelines() {
      return pipeline ->
          pipeline == PipelineName.CANARY
              ? Plan.start()
                  .first("read", "scripted")
                  .then("build", "scripted", "", List.of("read"))
                  .then("buildTest", "scripted", "", List.of("read"))
                  .then("deploy", "scripted", "", List.of("build"))
                  .then("gate1", "gate", "", List.of("deploy", "buildTest"))
                  .orElse("undo1", "scripted", "deploy", "gate1")
                  .then("gate2", "gate", "", List.of("gate1"))
                  .orElse("undo2", "scripted", "deploy", "trigger")
                  .then("trigger", "scripted", "", List.of("gate2"))
                  .plan()
              : Plan.start()
                  .then("roll", "scripted", "", List.of())
                  .orElse("restore", "scripted", null, "roll")
                  .then("retire", "scripted", "", List.of("roll"))
                  .plan();
    }
  }

  private static final Actor PERSON = new Actor("finch", "127.0.0.1");

  @Autowired Engine engine;
  @Autowired RunStore store;
  @Autowired Releases releases;
  @Autowired Interventions interventions;
  @Autowired Runs runs;
  @Autowired Applications applications;
  @Autowired ScriptedStep steps;
  @Autowired ManualClock clock;
  @Autowired java.util.Map<String, StepBean<?>> beans;
  @Autowired tools.jackson.databind.json.JsonMapper json;
  @Autowired InstantSource anyClock;
  @Autowired StoredFreezes freezes;
  @Autowired org.springframework.jdbc.core.simple.JdbcClient jdbc;

  private int commits;

  @BeforeEach
  void freshStart() {
    steps.forget();
    jdbc.sql("UPDATE application_turn SET run_id = NULL").update();
    jdbc.sql("DELETE FROM run_step").update();
    jdbc.sql("UPDATE run SET parent_id = NULL, child_id = NULL, retry_of = NULL").update();
    jdbc.sql("DELETE FROM run").update();
  }

  @Test
  void aGoodCommitPassesAndStartsProduction() {
    steps.when("trigger", step -> Outcome.done(note("go")).andStart(PipelineName.PRODUCTION));

    var run = push("birds");
    settle(run);

    assertThat(story(run))
        .isEqualTo(
            """
            SUCCEEDED
            read SUCCEEDED
            build SUCCEEDED
            buildTest SUCCEEDED
            deploy SUCCEEDED
            gate1 SUCCEEDED
            undo1 SKIPPED not needed: gate1 passed
            gate2 SUCCEEDED
            undo2 SKIPPED not needed: trigger passed
            trigger SUCCEEDED
            """);
    var child = view(run).child();
    assertThat(child).isNotNull();
    settle(child);
    assertThat(view(child).status()).isEqualTo(SUCCEEDED);
    assertThat(view(child).parent()).isEqualTo(run);
    assertThat(turn("birds")).isNull();
  }

  @Test
  void aFailedGateRunsTheFirstBranchNotYetPassed() {
    steps.when("gate2", step -> Outcome.failed("exit code 1"));

    var run = push("birds");
    settle(run);

    assertThat(story(run))
        .isEqualTo(
            """
            ROLLED_BACK gate2: exit code 1
            read SUCCEEDED
            build SUCCEEDED
            buildTest SUCCEEDED
            deploy SUCCEEDED
            gate1 SUCCEEDED
            undo1 SKIPPED not needed: gate1 passed
            gate2 FAILED exit code 1
            undo2 SUCCEEDED
            trigger SKIPPED not reached: the run was rolled back
            """);
    assertThat(steps.calls).doesNotContain("undo1", "trigger");
  }

  @Test
  void aFailureBeforeAnythingWasDeployedNeedsAPersonAndUndoesNothing() {
    steps.when("build", step -> Outcome.failed("does not compile"));
    steps.when("buildTest", step -> Outcome.waitForCluster(null, "building"));

    var run = push("birds");
    settle(run);

    assertThat(view(run).status()).isEqualTo(FAILED);
    assertThat(view(run).reason()).isEqualTo("build: does not compile");
    assertThat(step(run, "undo1").reason()).isEqualTo("not needed: deploy had not begun");
    assertThat(steps.calls).doesNotContain("undo1", "undo2", "deploy");
  }

  @Test
  void stepsUnderWayAreStoppedBeforeTheBranchRuns() {
    steps.when("buildTest", step -> Outcome.waitForCluster(null, "building"));
    steps.when("deploy", step -> Outcome.failed("CrashLoopBackOff"));

    var run = push("birds");
    settle(run);

    assertThat(step(run, "buildTest").status()).hasToString("CANCELLED");
    assertThat(steps.calls).containsSubsequence("deploy", "stop buildTest", "undo1");
    assertThat(view(run).status()).isEqualTo(ROLLED_BACK);
  }

  @Test
  void cancelUndoesFirstAndIsFinalThen() {
    steps.when("gate1", step -> Outcome.waitForCluster(null, "testing"));
    steps.when("undo1", step -> Outcome.waitForCluster(null, "pods are going"));
    var run = push("birds");
    settle(run);

    interventions.cancel(run, PERSON, "wrong branch");
    settle(run);

    assertThat(view(run).status()).isEqualTo(RUNNING);
    assertThat(view(run).ending()).isEqualTo(CANCELLED);
    assertThatThrownBy(() -> interventions.cancel(run, PERSON, null))
        .isInstanceOf(ReleaseRefusedException.class)
        .hasMessageContaining("undoing already");

    steps.when("undo1", step -> Outcome.done(note("gone")));
    settle(run);

    assertThat(view(run).status()).isEqualTo(CANCELLED);
    assertThat(view(run).reason()).isEqualTo("cancelled by finch: wrong branch");
    assertThatThrownBy(() -> interventions.cancel(run, PERSON, null))
        .hasMessageContaining("has ended: CANCELLED");
  }

  @Test
  void cancelBeforeAnythingBegan() {
    var run = push("birds");

    interventions.cancel(run, PERSON, null);
    settle(run);

    assertThat(view(run).status()).isEqualTo(CANCELLED);
    assertThat(steps.calls).isEmpty();
  }

  @Test
  void productionThatHasRolledOverIsNotCancelled() {
    steps.when("trigger", step -> Outcome.done(note("go")).andStart(PipelineName.PRODUCTION));
    steps.when("retire", step -> Outcome.waitForCluster(null, "going"));
    var run = push("birds");
    settle(run);
    var production = view(run).child();
    assertThat(production).isNotNull();
    settle(production);

    assertThatThrownBy(() -> interventions.cancel(production, PERSON, null))
        .hasMessageContaining("production has rolled over");
  }

  @Test
  void aFaultIsTriedAgainWithPausesUntilTheDeadline() {
    steps.when(
        "build",
        step -> {
          throw new IllegalStateException("10.0.0.1 does not answer");
        });
    var run = push("birds");
    settle(run);

    assertThat(step(run, "build").status()).hasToString("RUNNING");
    assertThat(step(run, "build").reason()).isEqualTo("10.0.0.1 does not answer");
    assertThat(step(run, "build").attempts()).isEqualTo(2);

    settle(run);
    assertThat(step(run, "build").attempts()).as("not before the pause is over").isEqualTo(2);

    clock.advance(Duration.ofSeconds(2));
    settle(run);
    assertThat(step(run, "build").attempts()).isEqualTo(3);

    clock.advance(Duration.ofMinutes(6));
    settle(run);
    assertThat(view(run).status()).isEqualTo(FAILED);
    assertThat(view(run).reason())
        .isEqualTo("build: 10.0.0.1 does not answer (given up after 300 s)");
  }

  @Test
  void anUndoThatFailsEndsFailedWithBothReasons() {
    steps.when("gate1", step -> Outcome.failed("exit code 1"));
    steps.when("undo1", step -> Outcome.failed("Deployment birds-canary is still there"));

    var run = push("birds");
    settle(run);

    assertThat(view(run).status()).isEqualTo(FAILED);
    assertThat(view(run).reason())
        .isEqualTo(
            "gate1: exit code 1; and the undo failed: Deployment birds-canary is still there");
  }

  @Test
  void waitingForAPersonIsShownAndCostsNoPoll() {
    steps.when(
        "gate1",
        step ->
            Outcome.waitForPerson(
                null, "approve or reject", step.now().plus(Duration.ofHours(24))));
    var run = push("birds");

    var next = engine.advance(run);

    assertThat(view(run).status()).isEqualTo(WAITING);
    assertThat(next).isEqualTo(new Engine.Next.At(clock.instant().plus(Duration.ofHours(24))));
  }

  @Test
  void aNewerCommitSupersedesACanaryUnderWay() {
    steps.when("gate1", step -> Outcome.waitForCluster(null, "testing"));
    var older = push("birds");
    settle(older);
    var newer = push("birds");
    settle(newer);

    assertThat(view(newer).status()).isEqualTo(QUEUED);
    assertThat(view(older).ending()).isEqualTo(SUPERSEDED);
    settle(older);
    assertThat(view(older).status()).isEqualTo(SUPERSEDED);
    assertThat(steps.calls).contains("undo1");

    steps.when("gate1", step -> Outcome.done(note("ok")));
    settle(newer);
    assertThat(view(newer).status()).isEqualTo(SUCCEEDED);
  }

  @Test
  void aProductionRunIsNeverSuperseded() {
    var production = aProductionUnderWay();

    var newer = push("birds");
    settle(newer);

    assertThat(view(newer).status()).isEqualTo(QUEUED);
    assertThat(view(newer).reason())
        .isEqualTo("waits for run " + production + " (production) to end");
    assertThat(view(production).ending()).isNull();

    steps.when("roll", step -> Outcome.done(note("rolled over")));
    settle(production);
    settle(newer);
    assertThat(view(newer).status()).isEqualTo(SUCCEEDED);
  }

  /** Found by random stories: the one that waited behind it was never woken. */
  @Test
  void whoGivesWayBeforeItTakesTheTurnThatItWasGivenPassesItOn() {
    var production = aProductionUnderWay();
    var second = push("birds");
    settle(second);
    steps.when("roll", step -> Outcome.done(note("rolled over")));
    settle(production);
    assertThat(turn("birds")).isEqualTo(second);

    var third = push("birds");
    settle(third);
    assertThat(view(third).reason()).isEqualTo("waits for run " + second + " (canary) to end");
    settle(second);

    assertThat(view(second).status()).isEqualTo(SUPERSEDED);
    assertThat(turn("birds")).isEqualTo(third);
    assertThat(store.due(10)).contains(third);
    settle(third);
    assertThat(view(third).status()).isEqualTo(SUCCEEDED);
  }

  @Test
  void theQueuePolicyLetsTheOlderFinishAndTakesOnlyTheNewest() {
    steps.when("gate1", step -> Outcome.waitForCluster(null, "testing"));
    var first = push("patient");
    settle(first);
    var second = push("patient");
    settle(second);
    var third = push("patient");
    settle(third);

    assertThat(view(first).ending()).isNull();
    settle(second);
    assertThat(view(second).status()).isEqualTo(SUPERSEDED);

    steps.when("gate1", step -> Outcome.done(note("ok")));
    settle(first);
    settle(third);
    assertThat(view(first).status()).isEqualTo(SUCCEEDED);
    assertThat(view(third).status()).isEqualTo(SUCCEEDED);
  }

  // ---- people

  @Test
  void anApprovalPassesTheGateThatWaits() {
    waitForApprovalAt("gate1");
    var run = push("birds");
    settle(run);
    assertThat(step(run, "gate1").awaits()).isEqualTo("PERSON");

    interventions.approve(run, "gate1", PERSON, "looks good");
    settle(run);

    assertThat(view(run).status()).isEqualTo(SUCCEEDED);
    assertThat(step(run, "gate1").reason()).isEqualTo("approved by finch: looks good");
    assertThat(step(run, "gate1").awaits()).isNull();
    assertThat(runs.records(run, 0))
        .anySatisfy(record -> assertThat(record.text()).isEqualTo("approved by finch: looks good"));
  }

  @Test
  void aRejectionFailsTheGate() {
    waitForApprovalAt("gate2");
    var run = push("birds");
    settle(run);

    interventions.reject(run, null, PERSON, "too slow");
    settle(run);

    assertThat(view(run).status()).isEqualTo(ROLLED_BACK);
    assertThat(view(run).reason()).isEqualTo("gate2: rejected by finch: too slow");
  }

  @Test
  void aDecisionThatNobodyAskedForIsRefused() {
    steps.when("gate1", step -> Outcome.waitForCluster(null, "testing"));
    var run = push("birds");
    settle(run);

    assertThatThrownBy(() -> interventions.approve(run, null, PERSON, null))
        .isInstanceOf(ReleaseRefusedException.class)
        .hasMessage("run " + run + " does not wait for a person; it is at gate1");

    waitForApprovalAt("gate1");
    settle(run);
    assertThatThrownBy(() -> interventions.approve(run, "gate2", PERSON, null))
        .hasMessage("gate gate2 does not wait for a person, gate gate1 does");
    assertThatThrownBy(() -> interventions.approve(run, "gate9", PERSON, null))
        .hasMessage("run " + run + " has no gate gate9");
    interventions.approve(run, null, PERSON, null);
    assertThatThrownBy(() -> interventions.approve(run, null, PERSON, null))
        .hasMessage("finch has decided about gate gate1 already: approved");
    assertThatThrownBy(
            () -> interventions.reject(run, null, new Actor("wren", "127.0.0.1"), "too late"))
        .hasMessage("gate gate1 was approved by finch");
  }

  @Test
  void aPromotionReachesEveryGateThatIsLeft() {
    waitForApprovalAt("gate1");
    waitForApprovalAt("gate2");
    var run = push("birds");
    settle(run);

    assertThatThrownBy(() -> interventions.promote(run, PERSON, " "))
        .hasMessageContaining("give a comment");
    interventions.promote(run, PERSON, "hotfix");
    settle(run);

    assertThat(view(run).status()).isEqualTo(SUCCEEDED);
    assertThat(step(run, "gate1").reason()).isEqualTo("promoted by finch: hotfix");
    assertThat(step(run, "gate2").reason()).isEqualTo("promoted by finch: hotfix");
  }

  @Test
  void whatHasNoReadyCanaryIsNotPromoted() {
    steps.when("deploy", step -> Outcome.waitForCluster(null, "1 of 3 pods"));
    var run = push("birds");
    settle(run);

    assertThatThrownBy(() -> interventions.promote(run, PERSON, "hurry"))
        .hasMessage(
            "run " + run + " has no ready canary yet that could be promoted; it is at deploy");
  }

  @Test
  void aPausedRunBeginsNoFurtherStepUntilItGoesOn() {
    steps.when("gate1", step -> Outcome.waitForCluster(null, "testing"));
    var run = push("birds");
    settle(run);
    interventions.pause(run, PERSON, "lunch");
    settle(run);
    assertThat(view(run).status()).as("gate 1 goes on").isEqualTo(RUNNING);

    steps.when("gate1", step -> Outcome.done(note("ok")));
    settle(run);

    assertThat(view(run).status()).isEqualTo(WAITING);
    assertThat(view(run).reason()).isEqualTo("paused by finch: lunch");
    assertThat(steps.calls).doesNotContain("gate2");
    assertThatThrownBy(() -> interventions.pause(run, PERSON, null))
        .hasMessage("run " + run + " is paused already: paused by finch: lunch");

    interventions.resume(run, PERSON, null);
    settle(run);
    assertThat(view(run).status()).isEqualTo(SUCCEEDED);
    assertThatThrownBy(() -> interventions.resume(run, PERSON, null))
        .hasMessageContaining("has ended");
  }

  @Test
  void aPausedRunCanBeCancelled() {
    var run = push("birds");
    interventions.pause(run, PERSON, null);
    settle(run);

    interventions.cancel(run, PERSON, null);
    settle(run);

    assertThat(view(run).status()).isEqualTo(CANCELLED);
  }

  // ---- retry

  @Test
  void aRetryIsANewRunOfTheSameCommit() {
    steps.when("gate1", step -> Outcome.failed("exit code 1"));
    var run = push("birds");
    settle(run);
    steps.when("gate1", step -> Outcome.done(note("ok")));

    var retry = releases.retry(run, PERSON, "flaky").id();
    settle(retry);

    assertThat(view(retry).status()).isEqualTo(SUCCEEDED);
    assertThat(view(retry).retryOf()).isEqualTo(run);
    assertThat(view(retry).revision()).isEqualTo(view(run).revision());
    assertThat(view(run).status()).isEqualTo(ROLLED_BACK);
    assertThatThrownBy(() -> releases.retry(run, PERSON, null))
        .hasMessage("run " + run + " was retried already, as run " + retry);
    assertThatThrownBy(() -> releases.retry(retry, PERSON, null))
        .hasMessage("run " + retry + " has succeeded: there is nothing to retry");
  }

  @Test
  void whatIsUnderWayOrGaveWayIsNotRetried() {
    steps.when("gate1", step -> Outcome.waitForCluster(null, "testing"));
    var older = push("birds");
    settle(older);
    assertThatThrownBy(() -> releases.retry(older, PERSON, null))
        .hasMessage("run " + older + " is RUNNING; only what has ended can be retried");

    settle(push("birds"));
    settle(older);
    assertThatThrownBy(() -> releases.retry(older, PERSON, null))
        .hasMessageContaining("gave way to a newer commit");
  }

  @Test
  void ifOnlyTheUndoWasLeftARetryDoesThatAlone() {
    steps.when("gate2", step -> Outcome.failed("exit code 1"));
    steps.when("undo2", step -> Outcome.failed("Deployment birds-canary is still there"));
    var run = push("birds");
    settle(run);
    assertThat(view(run).status()).isEqualTo(FAILED);
    steps.calls.clear();
    steps.when(
        "undo2",
        step -> {
          assertThat(step.madeBy("deploy")).isEqualTo(run);
          assertThat(step.remembered("deploy", ScriptedStep.Note.class)).contains(note("deploy"));
          return Outcome.done(note("gone"));
        });

    var retry = releases.retry(run, PERSON, null).id();
    settle(retry);

    assertThat(view(retry).status()).isEqualTo(ROLLED_BACK);
    assertThat(view(retry).reason()).startsWith("undoes what run " + run + " left");
    assertThat(steps.calls).containsExactly("undo2");
    assertThat(turn("birds")).isNull();
  }

  @Test
  void anUndoOfAnotherRunWaitsForItsTurn() {
    steps.when("gate2", step -> Outcome.failed("exit code 1"));
    steps.when("undo2", step -> Outcome.failed("still there"));
    var failed = push("birds");
    settle(failed);
    steps.forget();
    steps.when("gate1", step -> Outcome.waitForCluster(null, "testing"));
    var other = push("birds");
    settle(other);

    var retry = releases.retry(failed, PERSON, null).id();
    settle(retry);
    assertThat(view(retry).status().isFinal()).isFalse();
    assertThat(view(other).ending()).as("it is not superseded by an undo").isNull();

    steps.when("gate1", step -> Outcome.done(note("ok")));
    settle(other);
    settle(retry);
    assertThat(view(other).status()).isEqualTo(SUCCEEDED);
    assertThat(view(retry).status()).isEqualTo(ROLLED_BACK);
  }

  @Test
  void anUndoThatMeetsFaultsUntilItsDeadlineNamesWhatItLeft() {
    steps.when("gate1", step -> Outcome.failed("exit code 1"));
    steps.when(
        "undo1",
        step -> {
          throw new IllegalStateException("10.0.0.1 does not answer");
        });
    var run = push("birds");
    settle(run);
    clock.advance(Duration.ofMinutes(6));
    settle(run);

    assertThat(view(run).status()).isEqualTo(FAILED);
    assertThat(view(run).reason())
        .isEqualTo(
            "gate1: exit code 1; and the undo failed: 10.0.0.1 does not answer (given up after 300"
                + " s); perhaps still in the cluster: Deployment of undo1");
  }

  // ---- drain

  @Test
  void aServerThatDrainsGivesItsRunsBackDueAtOnce() {
    var run = push("birds");
    var drained =
        new Engine(
            store,
            new KnownRuns(store),
            beans,
            applications,
            json,
            clock,
            freezes,
            new ServerName(),
            new Reactions(new SimpleMeterRegistry()));
    steps.when(
        "read",
        step -> {
          drained.drain();
          return Outcome.done(note("read"));
        });

    assertThat(drained.advance(run)).isEqualTo(new Engine.Next.Nothing());

    assertThat(steps.calls).containsExactly("read");
    assertThat(store.due(10)).contains(run);
    settle(run);
    assertThat(view(run).status()).isEqualTo(SUCCEEDED);
  }

  @Test
  void aRunOfANewerVersionIsLeftToAServerOfThatVersion() {
    var run = push("birds");
    jdbc.sql("UPDATE run SET plan_version = ? WHERE id = ?")
        .param(Plan.VERSION + 1)
        .param(run)
        .update();

    settle(run);

    assertThat(steps.calls).isEmpty();
    assertThat(view(run).reason()).startsWith("was planned by a newer version of Aviary");
    jdbc.sql("UPDATE run SET plan_version = ? WHERE id = ?")
        .param(Plan.VERSION)
        .param(run)
        .update();
    settle(run);
    assertThat(view(run).status()).isEqualTo(SUCCEEDED);
  }

  @Test
  void twoApplicationsDoNotWaitForEachOther() {
    steps.when("gate1", step -> Outcome.waitForCluster(null, "testing"));
    var birds = push("birds");
    var patient = push("patient");
    settle(birds);
    settle(patient);

    assertThat(step(birds, "gate1").status()).hasToString("RUNNING");
    assertThat(step(patient, "gate1").status()).hasToString("RUNNING");
  }

  @Test
  void whoLostTheLeaseCannotWrite() {
    var run = push("birds");
    var late = store.claim(run, "hung").orElseThrow().claim();
    assertThat(store.claim(run, "sibling")).as("the lease holds").isEmpty();

    clock.advance(Duration.ofSeconds(11));
    var sibling = store.claim(run, "sibling").orElseThrow().claim();

    assertThatThrownBy(() -> store.begin(late, List.of("read")))
        .isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> store.remember(late, "read", note("x")))
        .isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> store.apply(late, "read", Outcome.failed("late")))
        .isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> store.conclude(late, FAILED, "late"))
        .isInstanceOf(LeaseLostException.class);
    assertThat(store.renew(late)).isFalse();
    store.begin(sibling, List.of("read"));
  }

  @Test
  void aServerThatStoodStillChangesNothingOutside() {
    steps.when(
        "build",
        step -> {
          Lease.check();
          clock.advance(Duration.ofSeconds(11));
          Lease.check();
          throw new AssertionError("it went on without the lease");
        });
    var run = push("birds");

    assertThat(engine.advance(run)).isEqualTo(new Engine.Next.Nothing());

    steps.forget();
    settle(run);
    assertThat(view(run).status()).isEqualTo(SUCCEEDED);
  }

  @Test
  void aServerThatRenewsItsLeaseMayGoOn() {
    steps.when(
        "build",
        step -> {
          clock.advance(Duration.ofSeconds(9));
          engine.renewClaims();
          clock.advance(Duration.ofSeconds(9));
          Lease.check();
          return Outcome.done(note("built"));
        });
    var run = push("birds");
    settle(run);

    assertThat(view(run).status()).isEqualTo(SUCCEEDED);
  }

  @Test
  void anEventDuringACallIsNotLost() {
    steps.when(
        "build",
        step -> {
          assertThat(store.claim(step.run().id(), "sibling")).isEmpty();
          return Outcome.waitForCluster(null, "building");
        });
    var run = push("birds");

    assertThat(engine.advance(run)).isEqualTo(new Engine.Next.Again());
  }

  @Test
  void anEventDuringALookIsLookedAtBeforeTheRunIsGivenBack() {
    var run = aRunAtGate1();
    var fence = fence(run);

    var next = engine.advance(run, times(1));

    assertThat(steps.calls).containsExactly("gate1", "gate1");
    assertThat(fence(run)).as("it was taken once").isEqualTo(fence + 1);
    assertThat(next).isInstanceOf(Engine.Next.At.class);
  }

  @Test
  void whatSiblingsLeftWordOfIsSeenByTheSecondLook() {
    var run = aRunAtGate1();
    steps.when(
        "gate1",
        step -> {
          if (steps.calls.size() == 1) {
            assertThat(store.claim(run, "sibling")).isEmpty();
          }
          return Outcome.waitForCluster(null, "testing");
        });

    assertThat(engine.advance(run, times(1))).isInstanceOf(Engine.Next.At.class);
    steps.calls.clear();
    assertThat(engine.advance(run)).as("with nobody to tell it").isEqualTo(new Engine.Next.Again());
  }

  @Test
  void aWaitThatSaysNothingNewIsNotWrittenDownAgain() {
    var run = aRunAtGate1();
    steps.when(
        "gate1",
        step -> {
          jdbc.sql("UPDATE run_step SET reason = 'untouched' WHERE run_id = ? AND name = 'gate1'")
              .param(run)
              .update();
          return Outcome.waitForCluster(null, "testing");
        });

    assertThat(engine.advance(run)).isInstanceOf(Engine.Next.At.class);

    assertThat(step(run, "gate1").reason()).isEqualTo("untouched");
  }

  @Test
  void aWaitIsWrittenDownIfItsReasonItsDataOrItsKindIsNew() {
    var run = aRunAtGate1();

    steps.when("gate1", step -> Outcome.waitForCluster(null, "still testing"));
    settle(run);
    assertThat(step(run, "gate1").reason()).isEqualTo("still testing");

    steps.when("gate1", step -> Outcome.waitForCluster(note("seen"), "still testing"));
    settle(run);
    assertThat(step(run, "gate1").outputs()).containsEntry("text", "seen");

    steps.when("gate1", step -> Outcome.waitForTime(note("seen"), "still testing", step.now()));
    settle(run);
    assertThat(step(run, "gate1").status()).isEqualTo(StepStatus.WAITING);
  }

  @Test
  void whatACallHasRememberedIsNotTakenForWhatItFound() {
    var run = aRunAtGate1();
    steps.when("gate1", step -> Outcome.waitForCluster(note("first"), "testing"));
    settle(run);
    steps.when(
        "gate1",
        step -> {
          step.remember(note("second"));
          return Outcome.waitForCluster(note("first"), "testing");
        });
    settle(run);

    assertThat(step(run, "gate1").outputs()).containsEntry("text", "first");
  }

  @Test
  void aCancelDuringACallWithoutNewsIsSeenAtOnce() {
    var run = aRunAtGate1();
    steps.when(
        "gate1",
        step -> {
          interventions.cancel(run, PERSON, "wrong branch");
          return Outcome.waitForCluster(null, "testing");
        });

    settle(run);

    assertThat(view(run).status()).isEqualTo(CANCELLED);
  }

  @Test
  void aCancelDuringACallWithoutNewsIsSeenBeforeTheNextStepIsCalled() {
    steps.when("build", step -> Outcome.waitForCluster(null, "building"));
    steps.when("buildTest", step -> Outcome.waitForCluster(null, "building"));
    var run = push("birds");
    settle(run);
    steps.calls.clear();
    steps.when(
        "build",
        step -> {
          interventions.cancel(run, PERSON, "wrong branch");
          return Outcome.waitForCluster(null, "building");
        });

    settle(run);

    assertThat(steps.calls).doesNotContain("buildTest");
    assertThat(view(run).status()).isEqualTo(CANCELLED);
  }

  @Test
  void aRunToWhichSomethingHappensAllTheTimeIsGivenBack() {
    var run = aRunAtGate1();

    assertThat(engine.advance(run, () -> true)).isInstanceOf(Engine.Next.At.class);
    assertThat(store.claim(run, "sibling")).isPresent();
  }

  private long aRunAtGate1() {
    steps.when("gate1", step -> Outcome.waitForCluster(null, "testing"));
    var run = push("birds");
    settle(run);
    steps.calls.clear();
    return run;
  }

  private static BooleanSupplier times(int count) {
    var left = new AtomicInteger(count);
    return () -> left.getAndDecrement() > 0;
  }

  private long fence(long run) {
    return jdbc.sql("SELECT fence FROM run WHERE id = ?").param(run).query(Long.class).single();
  }

  @Test
  void aDeadServersRunGoesOnWhereItStood() {
    var run = push("birds");
    var dead = store.claim(run, "dead").orElseThrow().claim();
    store.begin(dead, List.of("read"));

    assertThat(store.due(10)).as("while the lease holds").isEmpty();
    clock.advance(Duration.ofSeconds(11));
    assertThat(store.due(10)).containsExactly(run);

    settle(run);
    assertThat(view(run).status()).isEqualTo(SUCCEEDED);
  }

  @Test
  void logsAreReadInParts() {
    var text = "0123456789".repeat(4_000) + "\nlast line\n";
    steps.when(
        "build",
        step -> {
          step.log(text);
          step.log("more\n");
          return Outcome.done(note("built"));
        });
    var run = push("birds");
    settle(run);

    var read = new StringBuilder();
    var offset = 0L;
    while (true) {
      var part = runs.log(run, "build", offset, 1_000).orElseThrow();
      read.append(part.text());
      offset = part.next();
      if (part.complete()) {
        break;
      }
    }
    assertThat(read).hasToString(text + "more\n");
    assertThat(runs.log(run, "build", 40_001, 10).orElseThrow().text()).startsWith("last line");
    assertThat(runs.log(run, "nothing", 0, 10)).isEmpty();
  }

  // ---- words

  private long push(String application) {
    ApplicationProperties found = applications.find(application).orElseThrow();
    commits++;
    var revision = "%040x".formatted(commits);
    return releases
        .startCanary(found, revision, Trigger.PUSH, Actor.AVIARY, "commit " + commits, "wren")
        .id();
  }

  /** A commit that has passed its gates and is rolling out. */
  private long aProductionUnderWay() {
    steps.when("trigger", step -> Outcome.done(note("go")).andStart(PipelineName.PRODUCTION));
    steps.when("roll", step -> Outcome.waitForCluster(null, "3 of 9 pods"));
    var canary = push("birds");
    settle(canary);
    var production = view(canary).child();
    assertThat(production).isNotNull();
    settle(production);
    return production;
  }

  /** As the gate of the pipelines does: by the decisions about it. */
  private void waitForApprovalAt(String gate) {
    steps.when(
        gate,
        step -> {
          if (!step.decisions().isEmpty()) {
            var decision = step.decisions().getFirst();
            var words = decision.by() + ": " + decision.comment();
            return switch (decision.verdict()) {
              case APPROVE -> Outcome.done(note("ok"), "approved by " + words);
              case REJECT -> Outcome.failed("rejected by " + words);
              case PROMOTE -> Outcome.skipped("promoted by " + words);
            };
          }
          return Outcome.waitForPerson(
              null, "approve or reject", step.now().plus(Duration.ofHours(24)));
        });
  }

  /** Advances the run until it has nothing to do at once. */
  private void settle(long run) {
    var next = engine.advance(run);
    while (next instanceof Engine.Next.Again) {
      next = engine.advance(run);
    }
  }

  private RunView view(long run) {
    return runs.find(run).orElseThrow();
  }

  private StepView step(long run, String name) {
    return view(run).steps().stream()
        .filter(step -> step.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String story(long run) {
    var view = view(run);
    return view.status()
        + (view.reason() == null ? "" : " " + view.reason())
        + "\n"
        + view.steps().stream()
            .map(
                step ->
                    step.name()
                        + " "
                        + step.status()
                        + (step.reason() == null ? "" : " " + step.reason())
                        + "\n")
            .collect(Collectors.joining());
  }

  private @org.jspecify.annotations.Nullable Object turn(String application) {
    return jdbc.sql("SELECT run_id FROM application_turn WHERE application = ?")
        .param(application)
        .query()
        .singleRow()
        .get("run_id");
  }

  private static ScriptedStep.Note note(String text) {
    return new ScriptedStep.Note(text);
  }
}
