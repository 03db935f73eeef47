package io.aviary.release.step;

/** An exception that knows whether trying again can help. */
public interface Rejectable {

  /**
   * The other side decided (invalid, forbidden, not there): the step fails at once instead of being
   * tried again.
   */
  boolean isRejection();
}
