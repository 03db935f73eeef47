package io.aviary.source;

import io.aviary.release.ApplicationProperties;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The git repositories of the applications, over http(s), git and file URLs. Each method asks the
 * repository, bounded in time (10 s to connect and for each answer, a minute in all), and throws
 * {@link SourceException}. Safe for use by many threads.
 */
public interface Sources {

  /**
   * Fetches one commit, and none of its history. Files are fetched when they are read.
   *
   * @param revision 40 hex digits
   */
  Checkout fetch(ApplicationProperties application, String revision);

  /**
   * The revision that the application's branch is at now.
   *
   * @throws SourceException a rejection if there is no such branch
   */
  String head(ApplicationProperties application);

  /**
   * The commits that the application's branch has and the revision has not, the branch's head
   * first.
   *
   * @param revision 40 hex digits
   * @return empty if the branch does not contain the revision, or nobody knows it
   */
  Optional<List<String>> since(ApplicationProperties application, String revision);

  /**
   * The full revision of a commit that the application's branch contains.
   *
   * @param revision 4 to 40 hex digits
   * @throws SourceException a rejection if the branch contains no such commit, or several
   */
  String resolve(ApplicationProperties application, String revision);

  /**
   * Paths of the files that differ between two commits, those deleted included. A renamed file is
   * there with both names.
   *
   * @param before zeros, or a commit that the repository has no longer: every file counts
   */
  Set<String> changedPaths(ApplicationProperties application, String before, String after);
}
