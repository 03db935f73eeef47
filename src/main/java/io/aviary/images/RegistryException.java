package io.aviary.images;

import org.jspecify.annotations.Nullable;

/**
 * The registry could not be asked, or answered with something else than was asked for: a fault, to
 * try again. The message names the address and says why.
 */
final class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final boolean denied;

  RegistryException(String message, @Nullable Throwable cause) {
    this(message, false, cause);
  }

  private RegistryException(String message, boolean denied, @Nullable Throwable cause) {
    super(message, cause);
    this.denied = denied;
  }

  static RegistryException denied(String message) {
    return new RegistryException(message, true, null);
  }

  /**
   * The registry does not let us read this repository. Several registries say so too of a
   * repository that does not exist yet.
   */
  boolean isDenied() {
    return denied;
  }
}
