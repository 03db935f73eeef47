package io.aviary.release;

/** What made a run. */
public enum Trigger {
  PUSH,
  /** A push that GitHub did not deliver, found by asking the repository. */
  MISSED_PUSH,
  /** A person or program over REST or the pages. */
  PERSON,
  /** The canary run that passed its gates. */
  CANARY,
  RETRY;

  /** Whether a commit on the branch made it, and nobody who asked for it. */
  public boolean isPush() {
    return this == PUSH || this == MISSED_PUSH;
  }
}
