package io.aviary.release.engine;

import io.aviary.release.PipelineName;
import io.aviary.release.RunStatus;
import io.aviary.release.StepStatus;
import io.aviary.release.Trigger;
import io.aviary.release.step.Plan;
import io.aviary.release.step.RunFacts;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run's row. It guards its own transitions; who may change it at all is the matter of {@link
 * RunStore}.
 */
@Entity
@Table(name = "run")
class Run {

  /** Whether the run may change the cluster: one run of an application at a time. */
  enum Turn {
    /** It reads its commit; it has not asked yet. */
    BEFORE,
    WAITING,
    HELD
  }

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  @Nullable Long id;

  String application;

  @Enumerated(EnumType.STRING)
  PipelineName pipeline;

  @Enumerated(EnumType.STRING)
  RunStatus status = RunStatus.QUEUED;

  @Enumerated(EnumType.STRING)
  @Nullable RunStatus ending;

  @Convert(converter = MaskingConverter.class)
  @Nullable String reason;

  String revision;
  String branch;

  @Convert(converter = MaskingConverter.class)
  @Nullable String message;

  @Nullable String author;

  @Enumerated(EnumType.STRING)
  @Column(name = "trigger_kind")
  Trigger trigger;

  @Nullable String triggeredBy;
  Instant createdAt;
  @Nullable Instant startedAt;
  @Nullable Instant finishedAt;
  @Nullable Long parentId;
  @Nullable Long childId;
  @Nullable Long retryOf;
  int planVersion = Plan.VERSION;

  @Enumerated(EnumType.STRING)
  Turn turn = Turn.BEFORE;

  boolean paused;

  @Convert(converter = MaskingConverter.class)
  @Nullable String pausedBy;

  @Nullable String owner;
  long fence;
  @Nullable Instant leaseUntil;
  @Nullable Instant wakeAt;
  long signals;

  @OneToMany(mappedBy = "run", cascade = CascadeType.ALL)
  @OrderBy("position")
  List<Step> steps = new ArrayList<>();

  /** For JPA. */
  @SuppressWarnings("NullAway.Init")
  protected Run() {}

  Run(
      String application,
      PipelineName pipeline,
      String revision,
      String branch,
      Trigger trigger,
      @Nullable String triggeredBy,
      Instant now) {
    this.application = application;
    this.pipeline = pipeline;
    this.revision = revision;
    this.branch = branch;
    this.trigger = trigger;
    this.triggeredBy = triggeredBy;
    this.createdAt = now;
    this.wakeAt = now;
  }

  long id() {
    if (id == null) {
      throw new IllegalStateException("not stored yet");
    }
    return id;
  }

  RunFacts facts() {
    return new RunFacts(
        id(),
        application,
        pipeline,
        revision,
        branch,
        message,
        author,
        trigger,
        triggeredBy,
        createdAt,
        parentId,
        retryOf);
  }

  void addSteps(Plan plan) {
    for (var planned : plan.steps()) {
      if (step(planned.name()).isEmpty()) {
        steps.add(new Step(this, steps.size(), planned));
      }
    }
  }

  /** Ended with something of its own left in the cluster. */
  boolean hasFailedUndo() {
    return status == RunStatus.FAILED
        && steps.stream().anyMatch(step -> step.undo && step.status == StepStatus.FAILED);
  }

  /**
   * Makes this run the end of another one whose undo failed: its steps as they were left, and the
   * branch that failed to be done again.
   */
  void undoOnly(Run failed) {
    planVersion = failed.planVersion;
    ending = RunStatus.ROLLED_BACK;
    reason = "undoes what run " + failed.id() + " left: " + failed.reason;
    for (var step : failed.steps) {
      steps.add(new Step(this, step, failed.id()));
    }
  }

  boolean undoesForAnother() {
    return steps.stream().anyMatch(step -> step.takenFrom != null);
  }

  Optional<Step> step(String name) {
    return steps.stream().filter(step -> step.name.equals(name)).findFirst();
  }

  void start(Instant now) {
    become(RunStatus.RUNNING);
    if (startedAt == null) {
      startedAt = now;
    }
  }

  void become(RunStatus next) {
    Transitions.check(status, next);
    status = next;
  }

  /** From now on the run undoes what it did. The first reason stays. */
  void end(RunStatus as, String why) {
    if (ending == null) {
      ending = as;
      reason = why;
      if (status == RunStatus.WAITING || status == RunStatus.QUEUED) {
        become(RunStatus.RUNNING);
      }
    }
  }

  void finish(RunStatus as, @Nullable String why, Instant now) {
    if (status == RunStatus.WAITING) {
      become(RunStatus.RUNNING);
    }
    become(as);
    ending = null;
    if (why != null) {
      reason = why;
    }
    finishedAt = now;
    wakeAt = null;
    owner = null;
    leaseUntil = null;
  }

  /** The rollback branch that would run now. */
  Optional<Step> branch() {
    return steps.stream().filter(step -> step.undo && isUsable(step)).findFirst();
  }

  /** Open, not closed, and neither done nor failed. */
  private boolean isUsable(Step branch) {
    if (branch.status.isFinal()) {
      return false;
    }
    var open = branch.opens == null || hasBegun(branch.opens);
    return open && (branch.closes == null || !hasPassed(branch.closes));
  }

  boolean hasBegun(String name) {
    return step(name)
        .filter(s -> s.startedAt != null && s.status != StepStatus.SKIPPED)
        .isPresent();
  }

  boolean hasPassed(String name) {
    return step(name).filter(Step::hasPassed).isPresent();
  }

  /**
   * What has happened cannot be undone any more: every branch was closed by the success of a step.
   */
  boolean isPastUndoing() {
    return steps.stream().anyMatch(step -> step.undo)
        && steps.stream()
            .filter(step -> step.undo)
            .allMatch(step -> step.closes != null && hasPassed(step.closes));
  }
}
