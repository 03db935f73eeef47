package io.aviary.webhook;

import io.aviary.release.SkipWords;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A branch or tag that moved.
 *
 * @param ref in full, e.g. {@code refs/heads/master}
 * @param before 40 hex digits; {@link #NOTHING} where there was none, or it is not known
 * @param after 40 hex digits; {@link #NOTHING} where the ref was deleted
 * @param message of the head commit; null: not known
 * @param author of the head commit; null: not known
 */
record Push(
    String ref,
    String before,
    String after,
    boolean forced,
    boolean deleted,
    @Nullable String message,
    @Nullable String author) {

  static final String NOTHING = "0".repeat(40);
  private static final String BRANCHES = "refs/heads/";

  static Push ofBranch(String branch, String before, String after) {
    return new Push(BRANCHES + branch, before, after, false, false, null, null);
  }

  boolean isTag() {
    return ref.startsWith("refs/tags/");
  }

  boolean isOf(String branch) {
    return ref.equals(BRANCHES + branch);
  }

  /** The ref as people say it. */
  String shortRef() {
    return ref.startsWith(BRANCHES) ? ref.substring(BRANCHES.length()) : ref;
  }

  String shortAfter() {
    return after.substring(0, 7);
  }

  /** The word in the head commit's message that asks for no release. */
  Optional<String> skipWord() {
    return SkipWords.in(message);
  }
}
