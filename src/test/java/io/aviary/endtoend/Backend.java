package io.aviary.endtoend;

import io.aviary.simulation.Hub;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A cluster with what a release needs around it: a registry, and a GitHub that pods can fetch from.
 */
public interface Backend extends AutoCloseable {

  /** For people: what is real and what is simulated. */
  String words();

  Path kubeconfig();

  Hub hub();

  /** Where images are pushed to, by plain http. */
  String registry();

  /** More of the server's configuration. */
  default java.util.Map<String, Object> settings() {
    return java.util.Map.of();
  }

  /** A client for assertions, which the backend closes. */
  KubernetesClient client();

  /** How long a run may take before a test gives up. */
  Duration patience();

  @Override
  void close();
}
