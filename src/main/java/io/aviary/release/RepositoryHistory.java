package io.aviary.release;

import java.util.Set;

/**
 * What a release asks of its repository. Each call may take seconds; faults (not reachable) are
 * thrown as runtime exceptions whose message names the address and the reason.
 */
public interface RepositoryHistory {

  /** The branch's head, 40 hex digits. */
  String head(ApplicationProperties application);

  /**
   * The full revision that a prefix of at least 7 digits, or a whole one, names on the
   * application's branch.
   *
   * @throws ReleaseRefusedException if the branch contains no such commit, or several
   */
  String resolve(ApplicationProperties application, String revision);

  /**
   * Paths that differ between two commits; all zeros as {@code before}: everything in {@code
   * after}.
   */
  Set<String> changedPaths(ApplicationProperties application, String before, String after);
}
