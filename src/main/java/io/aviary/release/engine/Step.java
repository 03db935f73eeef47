package io.aviary.release.engine;

import io.aviary.release.StepStatus;
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

  long id() {
    if (id == null) {
      throw new IllegalStateException("not stored yet");
    }
    return id;
  }

  boolean hasPassed() {
    return status == StepStatus.SUCCEEDED || status == StepStatus.SKIPPED;
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

  void finish(StepStatus as, @Nullable String why, Instant now) {
    become(as);
    reason = why;
    finishedAt = as == StepStatus.SKIPPED && startedAt == null ? null : now;
    notBefore = null;
  }
}
