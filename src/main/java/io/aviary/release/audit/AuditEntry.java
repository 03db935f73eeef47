package io.aviary.release.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody did or was refused; the form in which REST answers with it.
 *
 * @param person or program
 * @param address where the request came from; null: from the server itself
 * @param action a verb, such as {@code cancel}
 * @param subject what it was done to, such as {@code run 7}
 * @param application null: it concerned none
 * @param why in the person's words, or why it was refused
 */
public record AuditEntry(
    long id,
    Instant at,
    Kind kind,
    String person,
    @Nullable String address,
    String action,
    @Nullable String subject,
    @Nullable String application,
    @Nullable String why) {

  /** What sort of thing it was. */
  public enum Kind {
    /** Somebody came in, or left. */
    SIGN_IN,
    /** Somebody was not let in, or may not do what they tried. */
    REFUSAL,
    /** A run was started or steered, or its application frozen. */
    DECISION,
    /** Another configuration than before was started with, taken over, or refused. */
    CONFIGURATION,
    /** An API token was made or revoked. */
    TOKEN,
    /** A delivery was processed again. */
    REPLAY,
    /** Something about the server itself. */
    SYSTEM
  }
}
