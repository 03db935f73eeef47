package io.aviary.release.engine;

import io.aviary.release.StepStatus;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.Plan.PlannedStep;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step's row. */
@Entity
@Table(name = "run_step")
class Step {

  /** The kind of step that people may decide about. */
  static final String GATE = "gate";

  /** What a step waits for that is not the cluster. */
  enum Awaits {
    PERSON,
    TIME
  }

  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  @Nullable Long id;

  @ManyToOne(fetch = FetchType.LAZY, optional = false)
  @JoinColumn(name = "run_id")
  Run run;

  int position;
  String name;
  String kind;
  String subject;

  @Convert(converter = NamesConverter.class)
  List<String> needs;

  boolean beforeTurn;
  boolean undo;
  @Nullable String opens;
  @Nullable String closes;

  @Enumerated(EnumType.STRING)
  StepStatus status = StepStatus.PENDING;

  @Convert(converter = MaskingConverter.class)
  @Nullable String reason;

  @Nullable Instant startedAt;
  @Nullable Instant finishedAt;
  int attempts;
  int faults;
  @Nullable Instant notBefore;

  @Enumerated(EnumType.STRING)
  @Nullable Awaits awaits;

  @Nullable Instant awaitsSince;

  /** The run whose result this step took over; null: it did its own work. */
  @Nullable Long takenFrom;

  @Nullable String data;

  /** What is shown of the data; null: all of it. */
  @Nullable String outputs;

  /** For JPA. */
  @SuppressWarnings("NullAway.Init")
  protected Step() {}

  Step(Run run, int position, PlannedStep planned) {
    this.run = run;
    this.position = position;
    this.name = planned.name();
    this.kind = planned.kind();
    this.subject = planned.subject();
    this.needs = planned.needs();
    this.beforeTurn = planned.beforeTurn();
    this.undo = planned.undo();
    this.opens = planned.opens();
    this.closes = planned.closes();
  }

  /** As another run left it; a rollback branch that failed there is to be done here. */
  Step(Run run, Step left, long of) {
    this.run = run;
    this.position = left.position;
    this.name = left.name;
    this.kind = left.kind;
    this.subject = left.subject;
    this.needs = left.needs;
    this.beforeTurn = left.beforeTurn;
    this.undo = left.undo;
    this.opens = left.opens;
    this.closes = left.closes;
    if (left.undo && left.status == StepStatus.FAILED) {
      // What was not reached there counts as skipped, and would close the branch.
      this.opens = null;
      this.closes = null;
      return;
    }
    this.takenFrom = left.takenFrom == null ? of : left.takenFrom;
    this.status = left.status == StepStatus.FAILED ? StepStatus.CANCELLED : left.status;
    this.reason = "as run " + of + " left it" + (left.reason == null ? "" : ": " + left.reason);
    this.startedAt = left.startedAt;
    this.finishedAt = left.finishedAt;
    this.attempts = left.attempts;
    this.data = left.data;
    this.outputs = left.outputs;
  }

  long id() {
    if (id == null) {
      throw new IllegalStateException("not stored yet");
    }
    return id;
  }

  boolean hasPassed() {
    return status == StepStatus.SUCCEEDED || status == StepStatus.SKIPPED;
  }

  /** What a step is that waits. */
  static StepStatus status(Outcome.For what) {
    return what == Outcome.For.CLUSTER ? StepStatus.RUNNING : StepStatus.WAITING;
  }

  static @Nullable Awaits awaits(Outcome.For what) {
    return switch (what) {
      case CLUSTER -> null;
      case PERSON -> Awaits.PERSON;
      case TIME -> Awaits.TIME;
    };
  }

  /**
   * Whether it waits already as a call says that it does, so that there is nothing to write.
   *
   * @param left what the call left behind, as it is stored; null: as it was
   */
  boolean waitsSo(Outcome.Wait<?> wait, @Nullable String left) {
    return faults == 0
        && notBefore == null
        && status == status(wait.what())
        && awaits == awaits(wait.what())
        && wait.reason().equals(reason)
        && (left == null || left.equals(data));
  }

  void begin(Instant now) {
    become(StepStatus.RUNNING);
    startedAt = now;
    attempts = 1;
  }

  void become(StepStatus next) {
    Transitions.check(status, next);
    status = next;
  }

  /**
   * @param what null: the cluster, or nothing
   */
  void await(@Nullable Awaits what, Instant now) {
    if (what != awaits) {
      awaits = what;
      awaitsSince = what == null ? null : now;
    }
  }

  void finish(StepStatus as, @Nullable String why, Instant now) {
    become(as);
    reason = why;
    finishedAt = as == StepStatus.SKIPPED && startedAt == null ? null : now;
    notBefore = null;
    await(null, now);
  }
}
