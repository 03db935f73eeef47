package io.aviary.github;

import org.jspecify.annotations.Nullable;

/**
 * A report that is due.
 *
 * @param wanted the change that it is to tell, or a later one
 * @param said what was said last; null: nothing yet
 * @param remoteId GitHub's id of the deployment or comment
 * @param attempts begun since the last one whose success is on record
 */
record Report(
    long run,
    Kind kind,
    long wanted,
    @Nullable String said,
    @Nullable Long remoteId,
    int attempts,
    java.time.Instant since) {

  /** There is nothing to say that was not said already, for all that is on record. */
  boolean isSaid(String says) {
    return says.equals(said) && !mayHaveSaidMore();
  }

  /**
   * An attempt was begun and its success is not on record, so that GitHub may have heard what
   * nobody here knows of.
   */
  boolean mayHaveSaidMore() {
    return attempts > 0;
  }

  /** What is reported of a run. */
  enum Kind {
    /** The commit's status. */
    STATUS,
    /** A deployment, of production runs. */
    DEPLOYMENT,
    /** The comment on the pull request that brought the commit. */
    COMMENT
  }
}
