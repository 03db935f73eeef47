package io.aviary.kubernetes;

import io.aviary.simulation.Behaviour;
import io.aviary.simulation.Behaviour.CannotPull;
import io.aviary.simulation.Behaviour.Crashes;
import io.aviary.simulation.Behaviour.NeverReady;
import io.aviary.simulation.Behaviour.Runs;
import io.aviary.simulation.Behaviour.Unschedulable;
import io.aviary.simulation.SimulatedCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The contract on the simulated cluster: what other tests believe of it is true. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulatedClusterContractTest extends ClusterContract {

  private final AtomicInteger wakes = new AtomicInteger();
  private final SimulatedCluster simulated = SimulatedCluster.start();
  private final Fabric8Clusters clusters;

  SimulatedClusterContractTest(@TempDir Path folder) {
    clusters =
        new Fabric8Clusters(
            () ->
                run -> {
                  if (run == RUN) {
                    wakes.incrementAndGet();
                  }
                },
            simulated.kubeconfig(folder.resolve("kubeconfig")));
  }

  @BeforeAll
  void makeNamespace() {
    simulated.createNamespace(namespace());
    var containers = simulated.behaviours();
    containers.when(container -> !container.task(), Behaviour.ready());
    containers.labelled(Map.of("app", "crash"), new Crashes(3, List.of("no bird found")));
    containers.labelled(
        Map.of("app", "unplaced"),
        new Unschedulable("0/1 nodes are available: 1 Insufficient cpu."));
    containers.labelled(
        Map.of("app", "unready"), new NeverReady("HTTP probe failed with statuscode: 404"));
    containers.labelled(
        Map.of("test", "good"),
        new Runs(
            execution -> {
              execution.log("one");
              execution.log("two");
              execution.leave("done");
              return 0;
            }));
    containers.labelled(
        Map.of("test", "bad"),
        new Runs(
            execution -> {
              execution.log("a");
              execution.pause(Duration.ofMillis(100));
              execution.log("b");
              return 4;
            }));
    containers.labelled(
        Map.of("test", "slow"),
        new Runs(
            execution -> {
              execution.log("still here");
              execution.pause(Duration.ofSeconds(100));
              return 0;
            }));
    containers.image(
        "busybox:no-such-tag",
        new CannotPull("failed to resolve reference \"busybox:no-such-tag\": not found"));
  }

  @AfterAll
  void stop() {
    clusters.close();
    simulated.close();
  }

  @Override
  Cluster cluster() {
    return clusters.cluster(null);
  }

  @Override
  String namespace() {
    return "t-kube";
  }

  @Override
  int wakes() {
    return wakes.get();
  }
}
