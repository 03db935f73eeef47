package io.aviary.webhook;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import io.aviary.release.Actor;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.PathGlobs;
import io.aviary.release.PipelineName;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Releases;
import io.aviary.release.RepositoryHistory;
import io.aviary.release.RunFilter;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.webhook.BranchHeads.BranchHead;
import io.aviary.webhook.DeliveryRows.StoredVerdict;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Whether a push touches one of the application's paths: asked of git after the sender has had its
 * answer, because git may take its time and the payload's list of files may be cut.
 *
 * <p>The question is a durable task of the same transaction as the verdict that hangs on it. It is
 * asked until it is answered; the answer and the run that it makes are one transaction, in which
 * the verdict is settled once and for all, so that a task that runs again changes nothing.
 */
@Component
class PathQuestions {

  static final String TASK = "which-paths-changed";

  private final DeliveryRows rows;
  private final BranchHeads heads;
  private final Applications applications;
  private final RepositoryHistory history;
  private final Releases releases;
  private final Runs runs;
  private final TransactionTemplate transaction;
  private final InstantSource clock;
  private final ObjectProvider<Scheduler> scheduler;

  PathQuestions(
      DeliveryRows rows,
      BranchHeads heads,
      Applications applications,
      RepositoryHistory history,
      Releases releases,
      Runs runs,
      PlatformTransactionManager transactions,
      InstantSource clock,
      ObjectProvider<Scheduler> scheduler) {
    this.rows = rows;
    this.heads = heads;
    this.applications = applications;
    this.history = history;
    this.releases = releases;
    this.runs = runs;
    this.transaction = new TransactionTemplate(transactions);
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /** What git said. */
  private sealed interface Finding {
    record Touched(String reason) implements Finding {}

    /**
     * @param base what the push was compared with
     */
    record Untouched(String reason, String base) implements Finding {}
  }

  /** Has the question about this verdict asked once the caller's transaction has committed. */
  void ask(long verdict) {
    var durable = scheduler.getObject();
    durable.schedule(new TaskInstance<Void>(TASK, Long.toString(verdict)), clock.instant());
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            durable.triggerCheckForDueExecutions();
          }
        });
  }

  /**
   * Asks git and settles the verdict; does nothing if it is settled already.
   *
   * @throws RuntimeException if git could not be asked: to be tried again later
   */
  void answer(long id) {
    var question = rows.verdict(id).filter(StoredVerdict::asksGit).orElse(null);
    if (question == null) {
      return;
    }
    var delivery = rows.find(question.seq()).orElseThrow().delivery();
    var push = Objects.requireNonNull(delivery.push());
    var application = applications.find(question.verdict().name());
    if (application.isPresent()) {
      settle(question, application.get(), delivery, push, look(id, application.get(), push));
    } else {
      withdraw(question, "the application is no longer configured");
    }
  }

  private Finding look(long id, ApplicationProperties application, Push push) {
    if (application.paths().isEmpty()) {
      return new Finding.Touched(push.shortAfter() + " was pushed to " + push.shortRef());
    }
    var base = base(application, push);
    try {
      var changed = history.changedPaths(application, base, push.after());
      return PathGlobs.of(application.paths())
          .firstMatch(changed)
          .<Finding>map(path -> new Finding.Touched(path + " changed"))
          .orElseGet(
              () ->
                  new Finding.Untouched(
                      "none of the application's paths changed since " + base.substring(0, 7),
                      base));
    } catch (ReleaseRefusedException e) {
      return new Finding.Touched(
          "which paths changed since "
              + base.substring(0, 7)
              + " cannot be told: "
              + e.getMessage());
    } catch (RuntimeException e) {
      rows.explain(
          id, "git could not be asked which paths changed, and is asked again: " + e.getMessage());
      throw e;
    }
  }

  /**
   * What the push is compared with: not what its sender says was there before, because what came in
   * between may never have been released: its run ends as superseded when a newer commit is there.
   */
  private String base(ApplicationProperties application, Push push) {
    var head = heads.find(application);
    var newest = newestRead(application);
    if (newest.isPresent()
        && (head.isEmpty() || newest.get().createdAt().isAfter(head.get().baseAt()))) {
      return newest.get().revision();
    }
    return head.map(BranchHead::base).orElse(push.before());
  }

  /** The newest canary run that has read its commit and does not give way to another one. */
  private Optional<RunView> newestRead(ApplicationProperties application) {
    var filter =
        new RunFilter(
            application.name(),
            PipelineName.CANARY,
            null,
            application.branch(),
            null,
            null,
            null,
            null,
            null);
    return runs.search(filter, 0, 20).items().stream()
        .filter(run -> run.status() != RunStatus.SUPERSEDED && run.ending() != RunStatus.SUPERSEDED)
        .filter(run -> run.steps().size() > 1)
        .findFirst();
  }

  private void withdraw(StoredVerdict question, String reason) {
    transaction.executeWithoutResult(
        status -> {
          if (rows.lockQuestion(question.id()).isPresent()) {
            rows.settle(question.id(), Verdict.IGNORED, reason, null, clock.instant());
            rows.summarize(question.seq());
          }
        });
  }

  private void settle(
      StoredVerdict question,
      ApplicationProperties application,
      Delivery delivery,
      Push push,
      Finding finding) {
    transaction.executeWithoutResult(
        status -> {
          var head = heads.lock(application);
          if (rows.lockQuestion(question.id()).isEmpty()) {
            return;
          }
          switch (finding) {
            case Finding.Touched(var reason) ->
                release(question, application, delivery, push, reason);
            case Finding.Untouched(var reason, var base) -> {
              rows.settle(question.id(), Verdict.IGNORED, reason, null, clock.instant());
              head.ifPresent(there -> leaveOut(application, there, push, base));
            }
          }
          rows.summarize(question.seq());
        });
  }

  private void release(
      StoredVerdict question,
      ApplicationProperties application,
      Delivery delivery,
      Push push,
      String reason) {
    var rolledBack = releases.rolledBack(application.name(), push.after());
    if (rolledBack.isPresent()) {
      var why = PushRules.whyNotAgain(rolledBack.get());
      rows.settle(question.id(), Verdict.IGNORED, why, null, clock.instant());
      return;
    }
    var run =
        releases.startCanary(
            application,
            push.after(),
            PushRules.trigger(delivery),
            asker(question, delivery),
            push.message(),
            push.author());
    rows.settle(question.id(), Verdict.ACCEPTED, reason, run.id(), clock.instant());
  }

  /** The sender of the push, or the person who had it replayed. */
  private static Actor asker(StoredVerdict question, Delivery delivery) {
    var by = question.verdict().by();
    return by.equals(Actor.AVIARY.name()) ? PushRules.actor(delivery) : new Actor(by, null);
  }

  /** Nothing of the application's lies between the base and this push. */
  private void leaveOut(
      ApplicationProperties application, BranchHead head, Push push, String base) {
    var now = clock.instant();
    if (head.head().equals(push.after())) {
      heads.move(application, head.head(), Verdict.IGNORED, now);
      heads.rebase(application, push.after(), now);
    } else if (head.base().equals(base)) {
      heads.rebase(application, push.after(), now);
    }
  }
}
