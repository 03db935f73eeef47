package io.aviary.endtoend;

import io.aviary.simulation.GitHubStandIn;
import io.aviary.simulation.Hub;
import io.aviary.simulation.Pace;
import io.aviary.simulation.SimulatedCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;

/** Everything in this process: no Docker, no cluster, nothing but a JDK. */
public final class SimulatedBackend implements Backend {

  private final SimulatedCluster cluster;
  private final GitHubStandIn hub;
  private final KubernetesClient client;
  private final Path kubeconfig;

  private SimulatedBackend(Path folder, Pace pace) {
    this.cluster = SimulatedCluster.start(pace);
    this.hub = GitHubStandIn.start(folder.resolve("git"));
    this.client = cluster.client();
    this.kubeconfig = cluster.kubeconfig(folder.resolve("kubeconfig"));
  }

  /**
   * Starts it.
   *
   * @param folder for repositories and the kubeconfig; must be there
   */
  public static SimulatedBackend start(Path folder, Pace pace) {
    return new SimulatedBackend(folder, pace);
  }

  /** To take it away and bring it back. */
  public SimulatedCluster cluster() {
    return cluster;
  }

  @Override
  public String words() {
    return "a SIMULATED cluster and registry in this process: nothing really runs; git and the webhook are real";
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
    return cluster.registry().address();
  }

  @Override
  public KubernetesClient client() {
    return client;
  }

  @Override
  public Duration patience() {
    return Duration.ofSeconds(90);
  }

  @Override
  public void close() {
    client.close();
    hub.close();
    cluster.close();
  }
}
