package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.DeliveryView.ApplicationVerdict;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Trigger;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Applications that only some paths concern. */
class PathQuestionsTest extends WebhookTest {

  private static final String WING = "otomato/wing";
  private static final String OURS = "services/wing/api.py";

  @Autowired PathQuestions questions;
  @Autowired IntakeLanes lanes;
  @Autowired PlatformTransactionManager transactions;

  private final String a = Pushes.commit();
  private final String b = Pushes.commit();
  private final String c = Pushes.commit();
  private final String d = Pushes.commit();

  @Test
  void gitIsAskedAfterTheAnswerAndThenARunIsMade() {
    history.changed(a, b, "README.md", OURS);

    var response = send("of wing", "push", "id-1", Pushes.body(WING, a, b));

    assertThat(response.status()).isEqualTo(202);
    assertThat(response.verdict()).isEqualTo("ACCEPTED");
    assertThat(response.reason()).isEqualTo("asking git which paths changed");
    assertThat(response.application("wing").path("run").isNull()).isTrue();
    assertThat(history.questions).isEmpty();
    assertThat(count("run")).isZero();

    scheduler.runAnyDueExecutions();

    var verdict = verdict("id-1");
    assertThat(verdict.verdict()).isEqualTo(Verdict.ACCEPTED);
    assertThat(verdict.reason()).isEqualTo(OURS + " changed");
    var run = runs.find(java.util.Objects.requireNonNull(verdict.run())).orElseThrow();
    assertThat(run.revision()).isEqualTo(b);
    assertThat(run.trigger()).isEqualTo(Trigger.PUSH);
    assertThat(run.triggeredBy()).isEqualTo("wren");
    assertThat(run.message()).isEqualTo("Tell birds apart");
    assertThat(count("scheduled_tasks")).isZero();
  }

  @Test
  void aPushThatTouchesNoneOfThePathsIsIgnored() {
    history.changed(a, b, "services/tail/api.py");
    send("of wing", "push", "id-1", Pushes.body(WING, a, b));

    scheduler.runAnyDueExecutions();

    assertThat(verdict("id-1").verdict()).isEqualTo(Verdict.IGNORED);
    assertThat(verdict("id-1").reason())
        .isEqualTo("none of the application's paths changed since " + a.substring(0, 7));
    assertThat(deliveries.find("id-1").orElseThrow().verdict()).isEqualTo(Verdict.IGNORED);
    assertThat(count("run")).isZero();
    assertThat(push("of wing", Pushes.body(WING, a, b)).verdict()).isEqualTo("DUPLICATE");
  }

  @Test
  void faultsAreTriedAgainWithPauses() {
    history.changed(a, b, OURS);
    history.failWith(new IllegalStateException("git.example.org does not answer"));
    send("of wing", "push", "id-1", Pushes.body(WING, a, b));

    scheduler.runAnyDueExecutions();

    assertThat(verdict("id-1").verdict()).isEqualTo(Verdict.ACCEPTED);
    assertThat(verdict("id-1").reason())
        .isEqualTo(
            "git could not be asked which paths changed, and is asked again: git.example.org does not answer");

    history.failWith(null);
    scheduler.runAnyDueExecutions();
    assertThat(count("run")).as("not before the pause is over").isZero();

    scheduler.tick(Duration.ofSeconds(3));
    scheduler.runAnyDueExecutions();
    assertThat(count("run")).isEqualTo(1);
    assertThat(verdict("id-1").reason()).isEqualTo(OURS + " changed");
  }

  @Test
  void pausesGrow() {
    assertThat(WebhookTasks.pause(1)).isEqualTo(Duration.ofSeconds(2));
    assertThat(WebhookTasks.pause(5)).isEqualTo(Duration.ofSeconds(32));
    assertThat(WebhookTasks.pause(1_000)).isEqualTo(Duration.ofMinutes(5));
  }

  /** The process dies after the run was made and before the task was taken away. */
  @Test
  void aQuestionThatIsAnsweredTwiceMakesOneRun() {
    history.changed(a, b, OURS);
    send("of wing", "push", "id-1", Pushes.body(WING, a, b));
    var id = jdbc.sql("SELECT id FROM delivery_verdict").query(Long.class).single();

    questions.answer(id);
    questions.answer(id);
    scheduler.runAnyDueExecutions();

    assertThat(count("run")).isEqualTo(1);
    assertThat(count("scheduled_tasks")).isZero();
  }

  /** The caller's, where no lane is open to take the delivery into another. */
  @Test
  void verdictAndQuestionAreOneTransaction() {
    lanes.stop();
    var template = new TransactionTemplate(transactions);

    assertThatThrownBy(
            () ->
                template.executeWithoutResult(
                    status -> {
                      send("of wing", "push", "id-1", Pushes.body(WING, a, b));
                      assertThat(count("scheduled_tasks")).isEqualTo(1);
                      throw new IllegalStateException("the process dies before the commit");
                    }))
        .hasMessage("the process dies before the commit");

    assertThat(count("scheduled_tasks")).isZero();
    assertThat(count("delivery")).isZero();
  }

  @AfterEach
  void reopenLanes() {
    if (!lanes.isRunning()) {
      lanes.start();
    }
  }

  /** The run of b gives way because c is the head by then; b's change must not be lost. */
  @Test
  void whatASupersededRunLeftOutIsComparedAgain() {
    history.changed(a, b, OURS);
    history.changed(a, c, OURS, "README.md");
    send("of wing", "push", "id-1", Pushes.body(WING, a, b));
    scheduler.runAnyDueExecutions();
    runEnds(java.util.Objects.requireNonNull(verdict("id-1").run()), "SUPERSEDED");

    send("of wing", "push", "id-2", Pushes.body(WING, b, c));
    scheduler.runAnyDueExecutions();

    assertThat(verdict("id-2").run()).isNotNull();
  }

  @Test
  void whatARunHasReadIsWhatTheNextPushIsComparedWith() {
    history.changed(a, b, OURS);
    history.changed(b, c, "README.md");
    history.changed(c, d, "docs/x");
    send("of wing", "push", "id-1", Pushes.body(WING, a, b));
    scheduler.tick(Duration.ofSeconds(1));
    scheduler.runAnyDueExecutions();
    hasReadItsCommit(java.util.Objects.requireNonNull(verdict("id-1").run()));

    scheduler.tick(Duration.ofSeconds(1));
    send("of wing", "push", "id-2", Pushes.body(WING, b, c));
    scheduler.runAnyDueExecutions();
    scheduler.tick(Duration.ofSeconds(1));
    send("of wing", "push", "id-3", Pushes.body(WING, c, d));
    scheduler.runAnyDueExecutions();

    assertThat(verdict("id-2").verdict()).isEqualTo(Verdict.IGNORED);
    assertThat(verdict("id-3").verdict()).isEqualTo(Verdict.IGNORED);
    assertThat(history.questions).containsExactly(a + ".." + b, b + ".." + c, c + ".." + d);
  }

  /** A skipped commit is not released by the back door when the next one touches nothing. */
  @Test
  void whatWasSkippedIsNotComparedAgain() {
    history.changed(b, c, "README.md");
    push("of wing", Pushes.body(WING, "refs/heads/master", Pushes.commit(), a, "[no ci]", false));
    push("of wing", Pushes.body(WING, "refs/heads/master", a, b, "[skip ci]", false));
    jdbc.sql("UPDATE branch_head SET base = ?").param(b).update();

    send("of wing", "push", "id-1", Pushes.body(WING, b, c));
    scheduler.runAnyDueExecutions();

    assertThat(verdict("id-1").verdict()).isEqualTo(Verdict.IGNORED);
  }

  @Test
  void whatCannotBeComparedIsReleased() {
    history.failWith(
        new ReleaseRefusedException(
            ReleaseRefusedException.Kind.UNPROCESSABLE, "the repository has no commit " + a));
    send("of wing", "push", "id-1", Pushes.body(WING, a, b));

    scheduler.runAnyDueExecutions();

    assertThat(verdict("id-1").run()).isNotNull();
    assertThat(verdict("id-1").reason()).contains("cannot be told: the repository has no commit");
  }

  @Test
  void aCommitThatIsRolledBackMeanwhileIsNotReleased() {
    history.changed(a, b, OURS);
    send("of wing", "push", "id-1", Pushes.body(WING, a, b));
    jdbc.sql(
            "INSERT INTO run (application, pipeline, status, revision, branch, trigger_kind, created_at, plan_version, turn)"
                + " VALUES ('wing', 'CANARY', 'ROLLED_BACK', ?, 'master', 'PERSON', CURRENT_TIMESTAMP, 1, 'BEFORE')")
        .param(b)
        .update();

    scheduler.runAnyDueExecutions();

    assertThat(verdict("id-1").verdict()).isEqualTo(Verdict.IGNORED);
    assertThat(count("run")).isEqualTo(1);
  }

  @Test
  void anApplicationThatIsGoneIsIgnored() {
    send("of wing", "push", "id-1", Pushes.body(WING, a, b));
    jdbc.sql("UPDATE delivery_verdict SET application = 'gone'").update();

    scheduler.runAnyDueExecutions();

    assertThat(verdict("id-1").verdict()).isEqualTo(Verdict.IGNORED);
    assertThat(verdict("id-1").reason()).isEqualTo("the application is no longer configured");
  }

  private ApplicationVerdict verdict(String delivery) {
    return deliveries.find(delivery).orElseThrow().applications().getFirst();
  }

  /** The plan of a run is known once it has read its commit. */
  private void hasReadItsCommit(long run) {
    jdbc.sql(
            "INSERT INTO run_step (run_id, position, name, kind, subject, needs, before_turn, undo, status)"
                + " VALUES (?, 1, 'buildAppImage', 'buildImage', 'app', '', FALSE, FALSE, 'PENDING')")
        .param(run)
        .update();
  }
}
