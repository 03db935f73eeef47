package io.aviary.pipeline;

import io.aviary.gates.GateLooks;
import io.aviary.gates.Metrics;
import io.aviary.gates.MetricsServer;
import io.aviary.gates.PodGroups;
import io.aviary.kubernetes.Cluster.Pod;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.step.StepContext;
import java.util.List;
import org.springframework.stereotype.Component;

/** The metrics of the gates, with the pods that they are asked of. */
@Component
class GateMetrics {

  private final Targets targets;
  private final MetricsServer server;
  private final GateLooks looks;

  GateMetrics(Targets targets, MetricsServer server, GateLooks looks) {
    this.targets = targets;
    this.server = server;
    this.looks = looks;
  }

  /** Those of this gate, for one call. */
  Metrics of(StepContext<GateProgress> step, GateDefinition gate, GateProgress progress) {
    return new Metrics(
        step.run().id(),
        gate,
        server,
        looks,
        new Pods(step),
        progress.share().reached() != null,
        progress.metrics(),
        step::record);
  }

  /** By owner references, because labels of the canary's pods may be others' too. */
  private final class Pods implements PodGroups {
    private final StepContext<?> step;

    Pods(StepContext<?> step) {
      this.step = step;
    }

    @Override
    public List<String> canary() {
      return of(targets.source(step).canaryDeployment());
    }

    @Override
    public List<String> production() {
      return of(targets.source(step).productionDeployment());
    }

    @Override
    public List<String> baseline() {
      return Baseline.isWanted(step.definition())
          ? of(Baseline.name(targets.source(step)))
          : List.of();
    }

    private List<String> of(String deployment) {
      return targets.cluster(step).podsOf(targets.namespace(step), deployment).stream()
          .map(Pod::name)
          .toList();
    }
  }
}
