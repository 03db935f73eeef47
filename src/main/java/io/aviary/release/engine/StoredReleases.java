package io.aviary.release.engine;

import io.aviary.release.Actor;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.PipelineName;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Releases;
import io.aviary.release.RunChanged;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.Trigger;
import io.aviary.release.step.Pipelines;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Starts runs and steers them. */
@Component
@Transactional
class StoredReleases implements Releases {

  private final RunRows rows;
  private final PushedRuns pushed;
  private final Journal journal;
  private final Views views;
  private final Definitions definitions;
  private final Pipelines pipelines;
  private final InstantSource clock;
  private final ApplicationEventPublisher events;

  StoredReleases(
      RunRows rows,
      PushedRuns pushed,
      Journal journal,
      Views views,
      Definitions definitions,
      Pipelines pipelines,
      InstantSource clock,
      ApplicationEventPublisher events) {
    this.rows = rows;
    this.pushed = pushed;
    this.journal = journal;
    this.views = views;
    this.definitions = definitions;
    this.pipelines = pipelines;
    this.clock = clock;
    this.events = events;
  }

  @Override
  public RunView startCanary(
      ApplicationProperties application,
      String revision,
      Trigger trigger,
      Actor actor,
      @Nullable String message,
      @Nullable String author) {
    var run =
        new Run(
            application.name(),
            PipelineName.CANARY,
            revision,
            application.branch(),
            trigger,
            actor.name(),
            clock.instant());
    run.message = message;
    run.author = author;
    run.addSteps(pipelines.beginning(run.pipeline));
    pushed.insert(run);
    return began(run);
  }

  @Override
  public RunView startProduction(ApplicationProperties application, String revision, Actor actor) {
    var passed =
        rows.findFirstByApplicationAndRevisionAndStatusInOrderByIdDesc(
                application.name(), revision, EnumSet.of(RunStatus.SUCCEEDED))
            .map(
                run ->
                    run.pipeline == PipelineName.PRODUCTION && run.parentId != null
                        ? rows.findById(run.parentId).orElse(run)
                        : run)
            .filter(run -> run.pipeline == PipelineName.CANARY)
            .orElseThrow(
                () ->
                    new ReleaseRefusedException(
                        ReleaseRefusedException.Kind.UNPROCESSABLE,
                        "no canary run of "
                            + revision.substring(0, 7)
                            + " has passed its gates; start a canary run of it instead"));
    var run =
        new Run(
            application.name(),
            PipelineName.PRODUCTION,
            revision,
            application.branch(),
            Trigger.PERSON,
            actor.name(),
            clock.instant());
    run.message = passed.message;
    run.author = passed.author;
    run.parentId = passed.id;
    return store(run, passed.id());
  }

  /**
   * Stores a new run.
   *
   * @param from the run whose definition it goes on with; null: it reads its own
   */
  private RunView store(Run run, @Nullable Long from) {
    if (run.steps.isEmpty()) {
      run.addSteps(pipelines.beginning(run.pipeline));
    }
    rows.saveAndFlush(run);
    if (from != null) {
      definitions.takeOver(from, run.id());
    }
    return began(run);
  }

  private RunView began(Run run) {
    journal.run(run, run.createdAt);
    changed(run);
    RunStore.tell(events, new RunDue(run.id()));
    return views.view(run);
  }

  @Override
  public RunView retry(long id, Actor actor, @Nullable String comment) {
    var before = rows.lock(id).orElseThrow(() -> ReleaseRefusedException.unknownRun(id));
    retryable(before);
    var run =
        new Run(
            before.application,
            before.pipeline,
            before.revision,
            before.branch,
            Trigger.RETRY,
            actor.name(),
            clock.instant());
    run.message = before.message;
    run.author = before.author;
    run.parentId = before.parentId;
    run.retryOf = id;
    var undoes = before.hasFailedUndo();
    if (undoes) {
      run.undoOnly(before);
    }
    var stored =
        store(run, undoes || before.pipeline == PipelineName.PRODUCTION ? before.id() : null);
    journal.person(
        stored.id(), run.createdAt, null, Words.did("retried run " + id, actor, comment));
    journal.person(
        id, run.createdAt, null, Words.did("retried as run " + stored.id(), actor, comment));
    changed(before);
    return stored;
  }

  private void retryable(Run before) {
    var id = before.id();
    if (!before.status.isFinal()) {
      throw ReleaseRefusedException.conflict(
          "run " + id + " is " + before.status + "; only what has ended can be retried");
    }
    switch (before.status) {
      case SUCCEEDED ->
          throw ReleaseRefusedException.conflict(
              "run " + id + " has succeeded: there is nothing to retry");
      case SUPERSEDED ->
          throw ReleaseRefusedException.conflict(
              "run "
                  + id
                  + " gave way to a newer commit ("
                  + before.reason
                  + "); start a run of its revision if that is what you want");
      case ROLLED_BACK, FAILED, CANCELLED, QUEUED, RUNNING, WAITING -> {
        var retry = rows.findFirstByRetryOfOrderByIdDesc(id);
        if (retry.isPresent()) {
          throw ReleaseRefusedException.conflict(
              "run " + id + " was retried already, as run " + retry.get().id());
        }
      }
    }
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<RunView> rolledBack(String application, String revision) {
    return pushed.rolledBack(application, revision).flatMap(rows::findById).map(views::view);
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<RunView> newestOf(String application, String revision) {
    return rows.findFirstByApplicationAndRevisionOrderByIdDesc(application, revision)
        .map(views::view);
  }

  private void changed(Run run) {
    RunStore.tell(events, new RunChanged(run.id(), run.application, run.status.isFinal()));
  }
}
