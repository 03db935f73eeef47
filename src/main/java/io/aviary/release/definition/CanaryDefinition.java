package io.aviary.release.definition;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The new version beside production.
 *
 * @param manifests files of the commit; empty: derived from production's
 * @param deployment which Deployment of production's gets the canary; null where there is only one
 * @param replicas of a derived canary, before any share
 * @param timeout until the canary is ready
 */
public record CanaryDefinition(
    List<String> manifests,
    @Nullable String deployment,
    int replicas,
    Duration timeout,
    List<GateDefinition> gates) {

  public CanaryDefinition {
    manifests = List.copyOf(manifests);
    gates = List.copyOf(gates);
  }
}
