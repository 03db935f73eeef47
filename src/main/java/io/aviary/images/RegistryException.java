package io.aviary.images;

import io.aviary.release.step.Rejectable;
import org.jspecify.annotations.Nullable;

/**
 * The registry could not be asked, or answered with something else than was asked for. The message
 * names the address and says why.
 */
final class RegistryException extends RuntimeException implements Rejectable {
  private static final long serialVersionUID = 1L;

  /** What to make of it. */
  private enum Kind {
    FAULT,
    DENIED,
    MISCONFIGURED
  }

  private final Kind kind;

  private RegistryException(String message, Kind kind, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  static RegistryException fault(String message) {
    return new RegistryException(message, Kind.FAULT, null);
  }

  static RegistryException fault(String message, @Nullable Throwable cause) {
    return new RegistryException(message, Kind.FAULT, cause);
  }

  static RegistryException denied(String message) {
    return new RegistryException(message, Kind.DENIED, null);
  }

  static RegistryException misconfigured(String message) {
    return new RegistryException(message, Kind.MISCONFIGURED, null);
  }

  /**
   * The registry does not let us read this repository. Several registries say so too of a
   * repository that does not exist yet.
   */
  boolean isDenied() {
    return kind == Kind.DENIED;
  }

  @Override
  public boolean isRejection() {
    return kind != Kind.FAULT;
  }
}
