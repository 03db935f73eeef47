package io.aviary.source;

import io.aviary.release.step.Rejectable;
import org.jspecify.annotations.Nullable;

/**
 * Git could not answer. The message names the URL (without credentials), what was asked for and why
 * it failed.
 *
 * <p>{@link #isRejection()} tells an answer (no such repository, branch, commit or file, no access:
 * trying again does not help) from a fault (not reachable, timed out, overloaded: trying again may
 * help).
 */
public class SourceException extends RuntimeException implements Rejectable {
  private static final long serialVersionUID = 1L;
  private final boolean rejection;

  public SourceException(String message, boolean rejection, @Nullable Throwable cause) {
    super(message, cause);
    this.rejection = rejection;
  }

  static SourceException rejection(String message) {
    return new SourceException(message, true, null);
  }

  @Override
  public boolean isRejection() {
    return rejection;
  }
}
