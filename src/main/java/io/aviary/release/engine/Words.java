package io.aviary.release.engine;

import io.aviary.release.Actor;
import org.jspecify.annotations.Nullable;

/** What people did, in words for the record. */
final class Words {

  private Words() {}

  /** "paused by finch: lunch". */
  static String did(String what, Actor actor, @Nullable String comment) {
    return what
        + " by "
        + actor.name()
        + (comment == null || comment.isBlank() ? "" : ": " + comment.strip());
  }
}
