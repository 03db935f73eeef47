package io.aviary.pipeline;

import io.aviary.kubernetes.Names;
import io.aviary.release.step.StepContext;
import io.aviary.traffic.TrafficSplit;
import io.aviary.traffic.TrafficSplits;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The share that a canary has between two gates and until production has rolled over. */
@Component
class CanaryShare {

  private final Targets targets;
  private final TrafficSplits splits;

  CanaryShare(Targets targets, TrafficSplits splits) {
    this.targets = targets;
    this.splits = splits;
  }

  /** Empty: nothing of production's could be shared. */
  Optional<TrafficSplit> split(StepContext<?> step) {
    var source = targets.source(step);
    return Optional.ofNullable(source.productionService())
        .map(
            service ->
                splits.of(
                    new TrafficSplits.Between(
                        targets.cluster(step),
                        targets.namespace(step),
                        source.canaryDeployment(),
                        source.canaryService(),
                        service,
                        Names.labels(step.run().application(), canaryRun(step))),
                    step.definition().traffic()));
  }

  /** What a split makes belongs to the run that made the canary, also when production rolls. */
  private static long canaryRun(StepContext<?> step) {
    return step.run().parent() == null ? step.run().id() : step.run().parent();
  }

  /** Keeps the share of the last gate that reached one, while pods come and go. */
  void keep(StepContext<?> step) {
    asked(step).ifPresent(percent -> split(step).ifPresent(split -> split.keep(percent)));
  }

  /** What the canary was given last. */
  Optional<Double> asked(StepContext<?> step) {
    return step.definition().canary().gates().reversed().stream()
        .flatMap(gate -> step.remembered(gate.name(), GateProgress.class).stream())
        .filter(progress -> progress.reached() != null)
        .map(GateProgress::asked)
        .filter(java.util.Objects::nonNull)
        .findFirst();
  }
}
