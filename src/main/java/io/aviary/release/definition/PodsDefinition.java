package io.aviary.release.definition;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pods of builds and tests, so that they start under a ResourceQuota.
 *
 * @param limits Kubernetes quantities by resource name
 * @param requests Kubernetes quantities by resource name
 */
public record PodsDefinition(
    Map<String, String> limits,
    Map<String, String> requests,
    @Nullable String serviceAccount,
    Map<String, String> nodeSelector) {

  public PodsDefinition {
    limits = Map.copyOf(limits);
    requests = Map.copyOf(requests);
    nodeSelector = Map.copyOf(nodeSelector);
  }
}
