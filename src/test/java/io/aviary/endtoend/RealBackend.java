package io.aviary.endtoend;

import io.aviary.house.LeftOut;
import io.aviary.simulation.Hub;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The cluster that {@code TEST_KUBECONFIG} names; {@code KUBECONFIG} is never looked at. {@code
 * TEST_REGISTRY} is a registry that it pulls from by plain http, {@code TEST_GITHUB_URL} a stand-in
 * for GitHub, {@code TEST_GIT_URL} the root of its repositories for pods.
 */
public final class RealBackend implements Backend {

  private final Path kubeconfig;
  private final KubernetesClient client;
  private final Hub hub;

  private RealBackend(Path kubeconfig) {
    this.kubeconfig = kubeconfig;
    this.client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
    this.hub = new SharedHub(setting("TEST_GITHUB_URL"), setting("TEST_GIT_URL"));
  }

  /** Empty: no cluster is named. */
  public static Optional<RealBackend> find() {
    return Optional.ofNullable(System.getenv("TEST_KUBECONFIG"))
        .filter(path -> !path.isBlank())
        .map(path -> new RealBackend(Path.of(path)));
  }

  /** Without one the test is left out, and says so; in CI there must be one. */
  static RealBackend demanded() {
    return LeftOut.unless(
        find(),
        "everything on a real cluster, because TEST_KUBECONFIG names none",
        "TEST_KUBECONFIG must name a cluster in CI");
  }

  private static String setting(String name) {
    var value = System.getenv(name);
    if (value == null || value.isBlank()) {
      throw new IllegalStateException(
          "TEST_KUBECONFIG names a cluster, so " + name + " must be set too; see docs/testing.md");
    }
    return value;
  }

  @Override
  public String words() {
    return "the real cluster at " + client.getMasterUrl();
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public Hub hub() {
    return hub;
  }

  @Override
  public String registry() {
    return setting("TEST_REGISTRY");
  }

  @Override
  public KubernetesClient client() {
    return client;
  }

  @Override
  public Duration patience() {
    return Duration.ofMinutes(6);
  }

  @Override
  public void close() {
    client.close();
  }
}
