package io.aviary.pipeline;

import io.aviary.release.PipelineName;
import io.aviary.release.step.Pipelines;
import io.aviary.release.step.Plan;
import org.springframework.stereotype.Component;

/** The two pipelines. */
@Component
class ReleasePipelines implements Pipelines {

  @Override
  public Plan beginning(PipelineName pipeline) {
    return switch (pipeline) {
      case CANARY -> CanaryPipeline.beginning();
      case PRODUCTION -> ProductionPipeline.plan();
    };
  }
}
