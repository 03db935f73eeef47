package io.aviary.kubernetes;

import org.jspecify.annotations.Nullable;

/**
 * One object that was there when this was made.
 *
 * @param uid null only where an object is named that may not be there
 */
public record ObjectRef(
    String apiVersion, String kind, String namespace, String name, @Nullable String uid) {

  /** As people write it: {@code Deployment ornithology-canary}. */
  public String label() {
    return kind + " " + name;
  }
}
