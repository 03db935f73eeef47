package io.aviary.pipeline;

import io.aviary.release.step.Plan;
import java.util.List;

/** From a canary that has passed its gates to production. */
final class ProductionPipeline {

  private ProductionPipeline() {}

  static Plan plan() {
    return Plan.start()
        .then("deployToK8s", "deployToK8s", "", List.of())
        .then("awaitRollout", "awaitRollout", "", List.of("deployToK8s"))
        .orElse("rollbackProduction", "rollbackProduction", null, "awaitRollout")
        .then("retireCanary", "retireCanary", "", List.of("awaitRollout"))
        .plan();
  }
}
