package io.aviary.kubernetes;

import org.jspecify.annotations.Nullable;

/**
 * The clusters that the kubeconfig (or the pod's own service account) names. Safe for use by many
 * threads.
 */
public interface Clusters {

  /**
   * The cluster of a kubeconfig context; null: the current one, or the one that the server runs in.
   * Does not connect.
   *
   * @throws ClusterException if there is no such context
   */
  Cluster cluster(@Nullable String context);
}
