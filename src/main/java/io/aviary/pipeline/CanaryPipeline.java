package io.aviary.pipeline;

import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.release.step.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** From a commit to a canary that has passed its gates. */
final class CanaryPipeline {

  private CanaryPipeline() {}

  static Plan beginning() {
    return Plan.start().first("readSource", "readSource").plan();
  }

  /**
   * The whole plan.
   *
   * @param canaryImages keys of the images that the canary's manifests use
   */
  static Plan of(ReleaseDefinition definition, Set<String> canaryImages) {
    var plan = Plan.start().first("readSource", "readSource");

    for (var image : definition.images()) {
      plan.then(image.buildStep(), "buildImage", image.key(), List.of("readSource"));
      plan.then(image.pushStep(), "pushImage", image.key(), List.of(image.buildStep()));
    }

    plan.then("deployCanary", "deployCanary", "", pushed(definition, canaryImages));

    var gates = definition.canary().gates();
    var before = "deployCanary";
    for (var number = 1; number <= gates.size(); number++) {
      var gate = gates.get(number - 1);
      var isLast = number == gates.size();
      plan.then(gate.name(), "gate", gate.name(), needs(definition, gate, before));
      plan.orElse(
          rollback(number), "rollbackCanary", "deployCanary", isLast ? TRIGGER : gate.name());
      before = gate.name();
    }
    if (gates.isEmpty()) {
      plan.orElse(rollback(1), "rollbackCanary", "deployCanary", TRIGGER);
    }

    var all = new ArrayList<>(List.of(before));
    definition.images().forEach(image -> all.add(image.pushStep()));
    plan.then(TRIGGER, "triggerProdDeployment", "", all);
    return plan.plan();
  }

  private static final String TRIGGER = "triggerProdDeployment";

  /** As in the article: {@code rollbackCanary}, {@code rollbackCanary2}, … */
  private static String rollback(int number) {
    return number == 1 ? "rollbackCanary" : "rollbackCanary" + number;
  }

  private static List<String> pushed(ReleaseDefinition definition, Set<String> keys) {
    return definition.images().stream()
        .filter(image -> keys.contains(image.key()))
        .map(ImageDefinition::pushStep)
        .toList();
  }

  private static List<String> needs(
      ReleaseDefinition definition, GateDefinition gate, String before) {
    return gate.test() == null
        ? List.of(before)
        : List.of(before, definition.image(gate.test().image()).pushStep());
  }
}
