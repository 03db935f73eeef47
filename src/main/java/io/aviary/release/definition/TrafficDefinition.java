package io.aviary.release.definition;

import org.jspecify.annotations.Nullable;

/**
 * How a share of production's traffic reaches the canary.
 *
 * @param route the HTTPRoute or Ingress; null only by labels
 * @param tolerance points that the share reached may be away from the one asked for
 */
public record TrafficDefinition(By by, @Nullable String route, double tolerance) {

  /** The mechanism. */
  public enum By {
    LABELS,
    GATEWAY,
    INGRESS
  }
}
