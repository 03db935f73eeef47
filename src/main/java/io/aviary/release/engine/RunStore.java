package io.aviary.release.engine;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.PipelineName;
import io.aviary.release.RunChanged;
import io.aviary.release.RunStatus;
import io.aviary.release.StepStatus;
import io.aviary.release.Trigger;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.release.masking.Masking;
import io.aviary.release.step.HasOutputs;
import io.aviary.release.step.LeaseLostException;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.Pipelines;
import io.aviary.release.step.StepContext.Decision;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.hibernate.Hibernate;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every write to a run under way. Each method is one transaction in which the state, what happened
 * and the next work change together, and which checks the fencing token of its claim.
 */
@Component
@Transactional
class RunStore {

  /** A server that says nothing for so long has lost its runs. */
  static final Duration LEASE = Duration.ofSeconds(10);

  private final RunRows rows;
  private final Turns turns;
  private final Journal journal;
  private final StepLogs logs;
  private final Decisions decisions;
  private final Definitions definitions;
  private final Pipelines pipelines;
  private final JsonMapper json;
  private final InstantSource clock;
  private final ApplicationEventPublisher events;
  private final Applications applications;
  private final Masking masking;
  private final StoredFreezes freezes;

  RunStore(
      RunRows rows,
      Turns turns,
      Journal journal,
      StepLogs logs,
      Decisions decisions,
      Definitions definitions,
      Pipelines pipelines,
      JsonMapper json,
      InstantSource clock,
      ApplicationEventPublisher events,
      Applications applications,
      Masking masking,
      StoredFreezes freezes) {
    this.rows = rows;
    this.turns = turns;
    this.journal = journal;
    this.logs = logs;
    this.decisions = decisions;
    this.definitions = definitions;
    this.pipelines = pipelines;
    this.json = json;
    this.clock = clock;
    this.events = events;
    this.applications = applications;
    this.masking = masking;
    this.freezes = freezes;
  }

  // ---- owning a run

  /**
   * A run that has been taken.
   *
   * @param run with its steps, as {@link #load} has it
   */
  record Claimed(Claim claim, Run run) {}

  /** Takes the run, or, where another server has it, leaves word that something happened. */
  Optional<Claimed> claim(long id, String owner) {
    var run = rows.lock(id).orElse(null);
    var now = clock.instant();
    if (run == null || run.status.isFinal()) {
      return Optional.empty();
    }
    if (run.leaseUntil != null && run.leaseUntil.isAfter(now)) {
      run.signals++;
      return Optional.empty();
    }
    run.fence++;
    run.owner = owner;
    run.leaseUntil = now.plus(LEASE);
    Hibernate.initialize(run.steps);
    return Optional.of(new Claimed(new Claim(id, run.application, run.fence), run));
  }

  /** False: another server owns the run by now. */
  boolean renew(Claim claim) {
    var run = rows.lock(claim.run()).orElse(null);
    if (run == null || run.fence != claim.fence() || run.owner == null) {
      return false;
    }
    run.leaseUntil = clock.instant().plus(LEASE);
    return true;
  }

  /**
   * Gives the run back until its next wake-up.
   *
   * @param looked the run as it was loaded last; nobody else begins or ends its steps
   * @param seen how many events had come in when the run was looked at
   * @param wake null: only an event wakes it
   * @return the signals that came in meanwhile make it due at once: true
   */
  boolean settle(Claim claim, Run looked, long seen, @Nullable Instant wake) {
    var run = rows.lock(claim.run()).orElse(null);
    if (run == null || run.fence != claim.fence() || run.status.isFinal()) {
      return false;
    }
    var now = clock.instant();
    var signalled = run.signals != seen;
    run.owner = null;
    run.leaseUntil = null;
    run.wakeAt = signalled ? now : wake;
    reflectWaiting(run, looked.steps, now);
    return signalled;
  }

  private void reflectWaiting(Run run, List<Step> steps, Instant now) {
    if (run.status != RunStatus.RUNNING && run.status != RunStatus.WAITING) {
      return;
    }
    var underWay = steps.stream().filter(step -> step.status.isUnderWay()).toList();
    var waits =
        run.ending == null
            && (run.paused || !underWay.isEmpty())
            && underWay.stream().allMatch(step -> step.status == StepStatus.WAITING);
    var next = waits ? RunStatus.WAITING : RunStatus.RUNNING;
    if (next != run.status) {
      run.become(next);
      journal.run(run, now);
      changed(run);
    }
  }

  // ---- reading

  /** The run with its steps, not attached to any transaction. */
  @Transactional(readOnly = true)
  Run load(Claim claim) {
    var run =
        rows.withSteps(claim.run())
            .orElseThrow(() -> new LeaseLostException(claim.run(), claim.fence()));
    if (run.fence != claim.fence()) {
      throw new LeaseLostException(claim.run(), claim.fence());
    }
    return run;
  }

  /** Whether the run is on its way to its end by now. */
  @Transactional(readOnly = true)
  boolean isEnding(Claim claim) {
    return rows.countEnding(claim.run()) > 0;
  }

  @Transactional(readOnly = true)
  Optional<Run> find(long id) {
    return rows.withSteps(id);
  }

  @Transactional(readOnly = true)
  List<Long> due(int limit) {
    return rows.due(clock.instant(), Limit.of(limit));
  }

  @Transactional(readOnly = true)
  Optional<Instant> nextWake() {
    return rows.nextWake(clock.instant());
  }

  // ---- steps

  /** Writes down that these steps begin, before they act. */
  void begin(Claim claim, List<String> names) {
    var run = owned(claim);
    var now = clock.instant();
    if (run.status == RunStatus.QUEUED || run.status == RunStatus.WAITING) {
      run.start(now);
      run.reason = run.ending == null ? null : run.reason;
      journal.run(run, now);
    }
    for (var name : names) {
      var step = step(run, name);
      step.begin(now);
      journal.step(step, now);
    }
    changed(run);
  }

  void remember(Claim claim, String name, Record data) {
    write(step(owned(claim), name), data);
  }

  void log(Claim claim, String name, String text, @Nullable Record data) {
    var step = step(owned(claim), name);
    logs.append(step.id(), text, clock.instant());
    if (data != null) {
      write(step, data);
    }
  }

  void note(Claim claim, String name, String text, @Nullable Record evidence) {
    var run = owned(claim);
    journal.note(run.id(), clock.instant(), name, text, evidence);
    changed(run);
  }

  /** Records what came of a call. */
  void apply(Claim claim, String name, Outcome<?> outcome) {
    if (outcome instanceof Outcome.Done<?> done && done.start() != null) {
      turns.lock(claim.application());
    }
    var run = owned(claim);
    var step = step(run, name);
    var now = clock.instant();
    step.faults = 0;
    step.notBefore = null;
    switch (outcome) {
      case Outcome.Done<?> done -> done(run, step, done, now);
      case Outcome.Skipped<?> skipped ->
          passed(run, step, StepStatus.SKIPPED, skipped.reason(), now);
      case Outcome.Wait<?> wait -> {
        if (wait.data() != null) {
          write(step, wait.data());
        }
        var next = Step.status(wait.what());
        var news = step.status != next || !masking.mask(wait.reason()).equals(step.reason);
        step.become(next);
        step.await(Step.awaits(wait.what()), now);
        step.reason = wait.reason();
        if (!news) {
          return;
        }
        journal.step(step, now);
      }
      case Outcome.Failed<?> failed -> {
        if (failed.data() != null) {
          write(step, failed.data());
        }
        failed(run, step, failed.reason(), failed.evidence(), now);
      }
      case Outcome.Superseded<?> superseded -> {
        step.finish(StepStatus.CANCELLED, superseded.reason(), now);
        logs.close(step.id(), now);
        journal.step(step, now);
        end(run, RunStatus.SUPERSEDED, superseded.reason(), now);
      }
    }
    changed(run);
  }

  /** A call threw: the step is tried again after a pause. */
  void fault(Claim claim, String name, String what, Instant again) {
    var run = owned(claim);
    var step = step(run, name);
    step.faults++;
    step.attempts++;
    step.notBefore = again;
    var news = !masking.mask(what).equals(step.reason);
    step.reason = what;
    if (news) {
      journal.step(step, clock.instant());
    }
    changed(run);
  }

  /** The step under way has been stopped because the run ends. */
  void stopped(Claim claim, String name, String why) {
    var run = owned(claim);
    var step = step(run, name);
    var now = clock.instant();
    step.finish(StepStatus.CANCELLED, why, now);
    logs.close(step.id(), now);
    journal.step(step, now);
    changed(run);
  }

  private void done(Run run, Step step, Outcome.Done<?> done, Instant now) {
    write(step, done.data());
    var planned = done.planned();
    if (planned != null) {
      definitions.put(run.id(), planned.definition());
      run.message = planned.message();
      run.author = planned.author();
      run.addSteps(planned.plan());
    }
    passed(run, step, StepStatus.SUCCEEDED, done.note(), now);
    if (done.start() != null) {
      startChild(run, done.start(), now);
    }
  }

  private void write(Step step, Record data) {
    step.data = json.writeValueAsString(data);
    step.outputs =
        data instanceof HasOutputs shown ? json.writeValueAsString(shown.outputs()) : null;
  }

  private void passed(Run run, Step step, StepStatus as, @Nullable String why, Instant now) {
    step.finish(as, why, now);
    logs.close(step.id(), now);
    journal.step(step, now);
    for (var branch : run.steps) {
      if (branch.undo && branch.status == StepStatus.PENDING && step.name.equals(branch.closes)) {
        branch.finish(StepStatus.SKIPPED, "not needed: " + step.name + " passed", now);
        journal.step(branch, now);
      }
    }
  }

  private void failed(Run run, Step step, String reason, List<String> evidence, Instant now) {
    step.finish(StepStatus.FAILED, reason, now);
    logs.close(step.id(), now);
    journal.step(step, now);
    if (!evidence.isEmpty()) {
      journal.note(run.id(), now, step.name, reason, evidence);
    }
    if (!step.undo) {
      end(run, RunStatus.ROLLED_BACK, step.name + ": " + reason, now);
    }
  }

  private void end(Run run, RunStatus as, String why, Instant now) {
    if (run.ending == null) {
      run.end(as, why);
      journal.run(run, now);
    }
  }

  private void startChild(Run parent, PipelineName pipeline, Instant now) {
    var child =
        new Run(
            parent.application,
            pipeline,
            parent.revision,
            parent.branch,
            Trigger.CANARY,
            parent.triggeredBy,
            now);
    child.message = parent.message;
    child.author = parent.author;
    child.parentId = parent.id;
    child.turn = Run.Turn.HELD;
    child.addSteps(pipelines.beginning(pipeline));
    rows.saveAndFlush(child);
    definitions.takeOver(parent.id(), child.id());
    parent.childId = child.id;
    turns.give(parent.application, child.id());
    journal.run(child, now);
    changed(child);
    due(child);
  }

  @Transactional(readOnly = true)
  Optional<ReleaseDefinition> definition(Claim claim) {
    return definitions.of(claim.run());
  }

  @Transactional(readOnly = true)
  List<Decision> decisions(Claim claim, String step) {
    return decisions.of(claim.run(), step);
  }

  // ---- turns

  /** What came of asking for the turn. */
  enum Asked {
    HELD,
    /** The run's reason says for what. */
    WAITS,
    /** A newer commit takes its place. */
    ENDS
  }

  Asked askTurn(Claim claim) {
    var holder = turns.lock(claim.application());
    var run = owned(claim);
    var now = clock.instant();
    if (holder.isPresent() && holder.get() == claim.run()) {
      run.turn = Run.Turn.HELD;
      return Asked.HELD;
    }
    var active = holder.flatMap(rows::lock).filter(other -> !other.status.isFinal()).orElse(null);
    var newer = newerThan(run);
    if (newer.isPresent() && run.ending == null && yields(run)) {
      end(
          run,
          RunStatus.SUPERSEDED,
          "superseded by run " + newer.get().id() + " (" + shortly(newer.get()) + ")",
          now);
      changed(run);
      return Asked.ENDS;
    }
    if (active == null) {
      turns.give(run.application, run.id());
      run.turn = Run.Turn.HELD;
      return Asked.HELD;
    }
    run.turn = Run.Turn.WAITING;
    if (run.ending == null) {
      supersede(active, run, now);
      supersedeWaiting(run, now);
    }
    var reason = "waits for run " + active.id() + " (" + active.pipeline.word() + ") to end";
    if (run.ending == null && (run.status != RunStatus.QUEUED || !reason.equals(run.reason))) {
      run.become(RunStatus.QUEUED);
      run.reason = reason;
      journal.run(run, now);
      changed(run);
    }
    return Asked.WAITS;
  }

  /** Asks a canary under way to make room, unless the application's policy lets it finish. */
  private void supersede(Run active, Run newer, Instant now) {
    var allowed = !yields(newer) || supersedes(newer.application);
    if (active.pipeline == PipelineName.CANARY
        && active.ending == null
        && active.childId == null
        && active.id() < newer.id()
        && allowed) {
      end(
          active,
          RunStatus.SUPERSEDED,
          "superseded by run " + newer.id() + " (" + shortly(newer) + ")",
          now);
      active.signals++;
      active.wakeAt = now;
      changed(active);
      due(active);
    }
  }

  private boolean supersedes(String application) {
    return applications
        .find(application)
        .map(found -> found.onNewerCommit() == ApplicationProperties.NewerCommit.SUPERSEDE)
        .orElse(true);
  }

  /** Only the newest of those that wait gets its turn. */
  private void supersedeWaiting(Run newest, Instant now) {
    for (var older : rows.waitingForTurn(newest.application)) {
      if (older.id() < newest.id() && older.ending == null && yields(older)) {
        end(
            older,
            RunStatus.SUPERSEDED,
            "superseded by run " + newest.id() + " (" + shortly(newest) + ") before its turn",
            now);
        older.wakeAt = now;
        older.signals++;
        changed(older);
        due(older);
      }
    }
  }

  private Optional<Run> newerThan(Run run) {
    return rows.waitingForTurn(run.application).stream()
        .filter(other -> other.id() > run.id() && other.pipeline == PipelineName.CANARY)
        .filter(other -> other.ending == null)
        .findFirst();
  }

  /** A run that nobody asked for in person gives way to a newer commit. */
  private static boolean yields(Run run) {
    return run.pipeline == PipelineName.CANARY && run.trigger.isPush();
  }

  private static String shortly(Run run) {
    return run.revision.substring(0, 7);
  }

  /**
   * @param holder whose turn it is: perhaps this run's, even if it gave way before it took it, or
   *     by now that of the production run that it started
   */
  private void passTurn(Run run, Optional<Long> holder, Instant now) {
    if (holder.isEmpty() || holder.get() != run.id()) {
      return;
    }
    var next =
        rows.waitingForTurn(run.application).stream()
            .filter(other -> other.id() != run.id())
            .filter(other -> other.ending == null || other.undoesForAnother())
            .filter(other -> freezes.holding(other).isEmpty())
            .findFirst();
    turns.give(run.application, next.map(Run::id).orElse(null));
    next.ifPresent(
        chosen -> {
          chosen.wakeAt = now;
          chosen.signals++;
          changed(chosen);
          due(chosen);
        });
  }

  /** The run does not start yet. */
  void hold(Claim claim, String why) {
    var run = owned(claim);
    if (!why.equals(run.reason)) {
      run.reason = why;
      journal.run(run, clock.instant());
      changed(run);
    }
  }

  // ---- the end

  /** The run becomes final, and the application's turn goes to the next. */
  void conclude(Claim claim, RunStatus as, @Nullable String why) {
    var holder = turns.lock(claim.application());
    var run = owned(claim);
    var now = clock.instant();
    for (var step : run.steps) {
      if (step.status == StepStatus.PENDING) {
        step.finish(StepStatus.SKIPPED, skipReason(run, step, as), now);
        journal.step(step, now);
      }
    }
    run.finish(as, why, now);
    journal.run(run, now);
    passTurn(run, holder, now);
    changed(run);
  }

  private static String skipReason(Run run, Step step, RunStatus as) {
    if (step.undo) {
      return as == RunStatus.SUCCEEDED
          ? "not needed: every step passed"
          : step.opens != null && !run.hasBegun(step.opens)
              ? "not needed: " + step.opens + " had not begun"
              : "not needed: undone by an earlier branch";
    }
    return "not reached: the run " + words(as);
  }

  private static String words(RunStatus as) {
    return switch (as) {
      case ROLLED_BACK -> "was rolled back";
      case FAILED -> "failed";
      case CANCELLED -> "was cancelled";
      case SUPERSEDED -> "was superseded";
      case SUCCEEDED -> "had succeeded";
      case QUEUED, RUNNING, WAITING -> throw new IllegalArgumentException(as + " is not final");
    };
  }

  // ----

  private Run owned(Claim claim) {
    var run = rows.lock(claim.run()).orElse(null);
    if (run == null || run.fence != claim.fence() || run.status.isFinal()) {
      throw new LeaseLostException(claim.run(), claim.fence());
    }
    return run;
  }

  private static Step step(Run run, String name) {
    return run.step(name)
        .orElseThrow(() -> new IllegalStateException("run " + run.id() + " has no step " + name));
  }

  /** Tells listeners once the transaction has committed. */
  private void changed(Run run) {
    tell(events, new RunChanged(run.id(), run.application, run.status.isFinal()));
  }

  /** Has the run looked at as soon as the transaction has committed. */
  private void due(Run run) {
    tell(events, new RunDue(run.id()));
  }

  static void tell(ApplicationEventPublisher events, Object change) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            events.publishEvent(change);
          }
        });
  }
}
