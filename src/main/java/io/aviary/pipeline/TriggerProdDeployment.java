package io.aviary.pipeline;

import io.aviary.release.PipelineName;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Starts the production pipeline with the images that have passed the gates, if the canary still
 * runs them.
 */
@Component
class TriggerProdDeployment implements StepBean<TriggerProdDeployment.Triggered> {

  /** The images that were released, by name. */
  record Triggered(Map<String, String> images) {}

  private final Targets targets;

  TriggerProdDeployment(Targets targets) {
    this.targets = targets;
  }

  @Override
  public Class<Triggered> dataType() {
    return Triggered.class;
  }

  @Override
  public Duration timeout(StepContext<Triggered> step) {
    return Duration.ofMinutes(10);
  }

  @Override
  public Outcome<Triggered> advance(StepContext<Triggered> step) {
    var name = targets.source(step).canaryDeployment();
    var canary = targets.cluster(step).rollout(targets.namespace(step), name);
    if (canary.isEmpty()) {
      return Outcome.failed(
          "the Deployment "
              + name
              + " was deleted by someone else after its gates; what has no canary is not promoted");
    }
    if (canary.get().ready() == 0) {
      return step.isOverdue()
          ? Outcome.failed(
              "no pod of the canary is ready after its gates: " + Patience.words(canary.get()))
          : Outcome.waitForCluster(null, "no pod of the canary is ready after its gates");
    }
    return Outcome.<Triggered>done(new Triggered(targets.images(step)))
        .andStart(PipelineName.PRODUCTION);
  }
}
