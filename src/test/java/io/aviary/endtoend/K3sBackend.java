package io.aviary.endtoend;

import io.aviary.simulation.GitHubStandIn;
import io.aviary.simulation.Hub;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * k3s in Docker, with a registry beside it (or the one that {@code TEST_REGISTRY} names) and git
 * served from this process at the address of Docker's bridge.
 */
public final class K3sBackend implements Backend {

  private static final DockerImageName IMAGE = DockerImageName.parse("rancher/k3s:v1.34.4-k3s1");

  private final @Nullable GenericContainer<?> registryContainer;
  private final String registry;
  private final K3sContainer k3s;
  private final GitHubStandIn hub;
  private final KubernetesClient client;
  private final Path kubeconfig;

  private K3sBackend(Path folder) {
    var named = System.getenv("TEST_REGISTRY");
    if (named == null || named.isBlank()) {
      registryContainer = new GenericContainer<>(DockerImageName.parse("registry:2"));
      registryContainer.start();
      registry = address(registryContainer) + ":5000";
    } else {
      registryContainer = null;
      registry = named;
    }
    k3s = new K3sContainer(IMAGE);
    k3s.withCopyToContainer(Transferable.of(mirrors()), "/etc/rancher/k3s/registries.yaml");
    k3s.withStartupTimeout(Duration.ofMinutes(4));
    k3s.start();
    kubeconfig = write(folder.resolve("kubeconfig"), k3s.getKubeConfigYaml());
    client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
    hub =
        GitHubStandIn.start(folder.resolve("git"), new InetSocketAddress("0.0.0.0", 0), gateway());
  }

  /**
   * Empty: there is no Docker, or k3s cannot be started with it, e.g. because its image cannot be
   * had; why is printed. In CI the latter is thrown.
   */
  public static Optional<K3sBackend> find(Path folder) {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new K3sBackend(folder));
    } catch (RuntimeException e) {
      if (System.getenv("CI") != null) {
        throw e;
      }
      System.out.println(
          "Docker is there, but k3s could not be started with it: " + innermost(e).getMessage());
      return Optional.empty();
    }
  }

  private static Throwable innermost(Throwable e) {
    var cause = e;
    while (cause.getCause() != null && !cause.getCause().equals(cause)) {
      cause = cause.getCause();
    }
    return cause;
  }

  private String mirrors() {
    return """
    mirrors:
      "%1$s":
        endpoint: ["http://%1$s"]
    """
        .formatted(registry);
  }

  private static String address(GenericContainer<?> container) {
    return container.getContainerInfo().getNetworkSettings().getNetworks().values().stream()
        .map(network -> network.getIpAddress())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a container without an address"));
  }

  /** This machine, as containers see it. */
  private String gateway() {
    return k3s.getContainerInfo().getNetworkSettings().getNetworks().values().stream()
        .map(network -> network.getGateway())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a container without a gateway"));
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String words() {
    return "k3s in Docker (" + IMAGE + "), registry " + registry;
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
    return registry;
  }

  @Override
  public KubernetesClient client() {
    return client;
  }

  @Override
  public Duration patience() {
    return Duration.ofMinutes(8);
  }

  @Override
  public void close() {
    client.close();
    hub.close();
    k3s.stop();
    if (registryContainer != null) {
      registryContainer.stop();
    }
  }
}
