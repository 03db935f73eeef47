package io.aviary.release;

/** Where a step stands. */
public enum StepStatus {
  PENDING,
  RUNNING,
  /** For a person or a time, not for the cluster. */
  WAITING,
  SUCCEEDED,
  FAILED,
  SKIPPED,
  CANCELLED;

  public boolean isFinal() {
    return compareTo(SUCCEEDED) >= 0;
  }

  /** Whether it has begun and not ended. */
  public boolean isUnderWay() {
    return this == RUNNING || this == WAITING;
  }
}
