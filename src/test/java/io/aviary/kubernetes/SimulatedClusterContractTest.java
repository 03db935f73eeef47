package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.masking.Masking;
import io.aviary.simulation.SimulatedCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract on the simulated cluster, which is worth something only as far as it holds there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulatedClusterContractTest extends ClusterContract {

  private final AtomicInteger wakes = new AtomicInteger();
  private final SimulatedCluster simulated = SimulatedCluster.start();
  private final Fabric8Clusters clusters;

  SimulatedClusterContractTest(@TempDir Path folder) {
    simulated.createNamespace(namespace());
    clusters =
        new Fabric8Clusters(
            () ->
                run -> {
                  if (run == RUN) {
                    wakes.incrementAndGet();
                  }
                },
            new Masking(List.of()),
            simulated.kubeconfig(folder.resolve("config")));
  }

  @AfterAll
  void close() {
    clusters.close();
    simulated.close();
    assertThat(simulated.failures()).isEmpty();
  }

  @Override
  Cluster cluster() {
    return clusters.cluster(null);
  }

  @Override
  String namespace() {
    return "contract";
  }

  @Override
  int wakes() {
    return wakes.get();
  }
}
