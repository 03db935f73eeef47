package io.aviary.release.engine;

import io.aviary.release.Actor;
import io.aviary.release.Interventions;
import io.aviary.release.PipelineName;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.RunChanged;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.definition.ApprovalDefinition;
import io.aviary.release.step.StepContext.Decision;
import io.aviary.release.step.StepContext.Decision.Verdict;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Lets people steer runs. */
@Component
@Transactional
class StoredInterventions implements Interventions {

  private final RunRows rows;
  private final Decisions decisions;
  private final Journal journal;
  private final Views views;
  private final Definitions definitions;
  private final JsonMapper json;
  private final InstantSource clock;
  private final ApplicationEventPublisher events;

  StoredInterventions(
      RunRows rows,
      Decisions decisions,
      Journal journal,
      Views views,
      Definitions definitions,
      JsonMapper json,
      InstantSource clock,
      ApplicationEventPublisher events) {
    this.rows = rows;
    this.decisions = decisions;
    this.journal = journal;
    this.views = views;
    this.definitions = definitions;
    this.json = json;
    this.clock = clock;
    this.events = events;
  }

  @Override
  public RunView cancel(long id, Actor actor, @Nullable String comment) {
    var run = underWay(id);
    if (run.isPastUndoing()) {
      throw ReleaseRefusedException.conflict(
          run.pipeline == PipelineName.PRODUCTION
              ? "production has rolled over; nothing undoes it but a new release"
              : "production has been triggered; cancel run " + run.childId + " instead");
    }
    var why = Words.did("cancelled", actor, comment);
    run.end(RunStatus.CANCELLED, why);
    return done(run, null, why);
  }

  @Override
  public RunView approve(long id, @Nullable String gate, Actor actor, @Nullable String comment) {
    return decide(id, gate, Verdict.APPROVE, actor, comment);
  }

  @Override
  public RunView reject(long id, @Nullable String gate, Actor actor, @Nullable String comment) {
    return decide(id, gate, Verdict.REJECT, actor, comment);
  }

  private RunView decide(
      long id, @Nullable String gate, Verdict verdict, Actor actor, @Nullable String comment) {
    var run = underWay(id);
    var step = awaited(run, gate);
    var approval = approval(run, step);
    var before =
        decisions.of(id, step.name).stream()
            .filter(one -> step.awaitsSince == null || !one.at().isBefore(step.awaitsSince))
            .toList();
    var earlier = before.stream().filter(one -> isSame(one.by(), actor.name())).findFirst();
    if (earlier.isPresent()) {
      throw ReleaseRefusedException.conflict(
          "%s has decided about gate %s already: %s"
              .formatted(actor.name(), step.name, word(earlier.get().verdict())));
    }
    var rejected = before.stream().filter(one -> one.verdict() == Verdict.REJECT).findFirst();
    if (rejected.isPresent()) {
      throw ReleaseRefusedException.conflict(
          "gate " + step.name + " was rejected by " + rejected.get().by());
    }
    var agreed = before.stream().filter(one -> one.verdict() == Verdict.APPROVE).toList();
    if (agreed.size() >= approval.map(ApprovalDefinition::people).orElse(1)) {
      throw ReleaseRefusedException.conflict(
          "gate "
              + step.name
              + " was approved by "
              + String.join(", ", agreed.stream().map(Decision::by).toList()));
    }
    if (verdict == Verdict.APPROVE && approval.map(ApprovalDefinition::notAuthor).orElse(false)) {
      notTheAuthor(run, step, actor);
    }
    decisions.add(id, step.name, verdict, actor, comment, subject(run), clock.instant());
    return done(run, step.name, Words.did(word(verdict), actor, comment));
  }

  private static void notTheAuthor(Run run, Step step, Actor actor) {
    if (isSame(actor.name(), run.author) || isSame(actor.name(), run.triggeredBy)) {
      throw ReleaseRefusedException.conflict(
          "gate %s is for somebody else than the commit's author: %s wrote or pushed %s"
              .formatted(step.name, actor.name(), run.revision.substring(0, 7)));
    }
  }

  private static boolean isSame(String name, @Nullable String other) {
    return name.equalsIgnoreCase(other);
  }

  /** The step that waits for a person. */
  private static Step awaited(Run run, @Nullable String gate) {
    var waiting = run.steps.stream().filter(step -> step.awaits == Step.Awaits.PERSON).findFirst();
    if (gate != null && run.step(gate).isEmpty()) {
      throw ReleaseRefusedException.conflict("run " + run.id() + " has no gate " + gate);
    }
    if (waiting.isEmpty()) {
      throw ReleaseRefusedException.conflict(
          "run " + run.id() + " does not wait for a person" + doing(run));
    }
    if (gate != null && !waiting.get().name.equals(gate)) {
      throw ReleaseRefusedException.conflict(
          "gate " + gate + " does not wait for a person, gate " + waiting.get().name + " does");
    }
    return waiting.get();
  }

  private static String doing(Run run) {
    var now = run.steps.stream().filter(step -> step.status.isUnderWay()).findFirst();
    return now.map(step -> "; it is at " + step.name).orElse("");
  }

  private Optional<ApprovalDefinition> approval(Run run, Step step) {
    return definitions.of(run.id()).stream()
        .flatMap(definition -> definition.canary().gates().stream())
        .filter(gate -> gate.name().equals(step.subject))
        .flatMap(gate -> Optional.ofNullable(gate.approval()).stream())
        .findFirst();
  }

  @Override
  public RunView promote(long id, Actor actor, @Nullable String comment) {
    var run = underWay(id);
    if (comment == null || comment.isBlank()) {
      throw new ReleaseRefusedException(
          ReleaseRefusedException.Kind.UNPROCESSABLE,
          "whoever skips gates says why: give a comment");
    }
    var gates = run.steps.stream().filter(step -> step.kind.equals(Step.GATE)).toList();
    if (gates.isEmpty() || gates.stream().allMatch(Step::hasPassed)) {
      throw ReleaseRefusedException.conflict(
          "run " + id + " has no gate left that could be skipped" + doing(run));
    }
    if (!run.step(gates.getFirst().needs.getFirst()).map(Step::hasPassed).orElse(false)) {
      throw ReleaseRefusedException.conflict(
          "run " + id + " has no ready canary yet that could be promoted" + doing(run));
    }
    run.paused = false;
    run.pausedBy = null;
    decisions.add(
        id, Decisions.WHOLE_RUN, Verdict.PROMOTE, actor, comment, subject(run), clock.instant());
    return done(
        run, null, Words.did("promoted, skipping what is left of the gates,", actor, comment));
  }

  @Override
  public RunView pause(long id, Actor actor, @Nullable String comment) {
    var run = underWay(id);
    if (run.paused) {
      throw ReleaseRefusedException.conflict("run " + id + " is paused already: " + run.pausedBy);
    }
    run.paused = true;
    run.pausedBy = Words.did("paused", actor, comment);
    return done(run, null, run.pausedBy);
  }

  @Override
  public RunView resume(long id, Actor actor, @Nullable String comment) {
    var run = underWay(id);
    if (!run.paused) {
      throw ReleaseRefusedException.conflict("run " + id + " is not paused");
    }
    run.paused = false;
    run.pausedBy = null;
    return done(run, null, Words.did("resumed", actor, comment));
  }

  // ----

  private Run underWay(long id) {
    var run = rows.lock(id).orElseThrow(() -> ReleaseRefusedException.unknownRun(id));
    if (run.status.isFinal()) {
      throw ReleaseRefusedException.conflict("run " + id + " has ended: " + run.status);
    }
    if (run.ending != null) {
      throw ReleaseRefusedException.conflict(
          "run " + id + " is undoing already, on its way to " + run.ending);
    }
    return run;
  }

  /** What somebody decided about, so that the record tells it without the run. */
  private String subject(Run run) {
    var digests = new TreeMap<String, Object>();
    for (var step : run.steps) {
      var digest = views.view(step).outputs().get("digest");
      if (digest != null) {
        digests.put(step.name, digest);
      }
    }
    return json.writeValueAsString(new Subject(run.revision, digests));
  }

  private record Subject(String revision, TreeMap<String, Object> digests) {}

  private RunView done(Run run, @Nullable String step, String what) {
    Instant now = clock.instant();
    run.signals++;
    run.wakeAt = now;
    journal.person(run.id(), now, step, what);
    if (run.ending != null) {
      journal.run(run, now);
    }
    RunStore.tell(events, new RunChanged(run.id(), run.application, false));
    RunStore.tell(events, new RunDue(run.id()));
    return views.view(run);
  }

  private static String word(Verdict verdict) {
    return switch (verdict) {
      case APPROVE -> "approved";
      case REJECT -> "rejected";
      case PROMOTE -> verdict.name().toLowerCase(Locale.ROOT) + "d";
    };
  }
}
