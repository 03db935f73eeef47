package io.aviary.github;

import org.jspecify.annotations.Nullable;

/**
 * A report that is due.
 *
 * @param wanted the change that it is to tell, or a later one
 * @param said what was said last; null: nothing yet
 * @param remoteId GitHub's id of the deployment or comment
 */
record Report(
    long run,
    Kind kind,
    long wanted,
    @Nullable String said,
    @Nullable Long remoteId,
    int attempts,
    java.time.Instant since) {

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
