package io.aviary.kubernetes;

import io.aviary.release.step.Rejectable;
import org.jspecify.annotations.Nullable;

/**
 * A call to the cluster failed. The message names the address, what was asked for and the cluster's
 * own words.
 *
 * <p>{@link #isRejection()} tells a decision of the API server (invalid object, forbidden, quota,
 * admission: trying again does not help) from a fault (not reachable, timed out, overloaded,
 * conflict: trying again may help).
 */
public class ClusterException extends RuntimeException implements Rejectable {
  private static final long serialVersionUID = 1L;
  private final boolean rejection;

  public ClusterException(String message, boolean rejection, @Nullable Throwable cause) {
    super(message, cause);
    this.rejection = rejection;
  }

  public ClusterException(String message, boolean rejection) {
    this(message, rejection, null);
  }

  @Override
  public boolean isRejection() {
    return rejection;
  }
}
