package io.aviary.release;

/** Where a run stands. A final run never changes. */
public enum RunStatus {
  /** Not started: another run of the application is under way, or the application is frozen. */
  QUEUED,
  RUNNING,
  /** For a person or a time, not for the cluster. */
  WAITING,
  SUCCEEDED,
  /** A gate or roll-out failed and everything was undone. */
  ROLLED_BACK,
  /** It needs a person; the run's reason says why. */
  FAILED,
  CANCELLED,
  SUPERSEDED;

  public boolean isFinal() {
    return compareTo(SUCCEEDED) >= 0;
  }
}
