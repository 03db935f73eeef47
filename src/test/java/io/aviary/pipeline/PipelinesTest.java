package io.aviary.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.PipelineName;
import io.aviary.release.definition.CanaryDefinition;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.GateDefinition.OnInconclusive;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.definition.PodsDefinition;
import io.aviary.release.definition.ProductionDefinition;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.release.definition.TestDefinition;
import io.aviary.release.definition.TrafficDefinition;
import io.aviary.release.step.Plan;
import io.aviary.release.step.Plan.PlannedStep;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The pipelines as a person reads them. */
class PipelinesTest {

  @Test
  void theCanaryPipelineOfTheArticle() {
    var definition = definition(gate("testCanary", null), gate("verifyCanaryInProd", 10.0));

    assertThat(printed(CanaryPipeline.of(definition, Set.of("app"))))
        .isEqualTo(
            """
            readSource
            buildAppImage after readSource
            pushAppImage after buildAppImage
            buildTestImage after readSource
            pushTestImage after buildTestImage
            deployCanary after pushAppImage
            testCanary after deployCanary, pushTestImage
              else rollbackCanary, once deployCanary has begun and until testCanary has passed
            verifyCanaryInProd after testCanary, pushTestImage
              else rollbackCanary2, once deployCanary has begun and until triggerProdDeployment has passed
            triggerProdDeployment after verifyCanaryInProd, pushAppImage, pushTestImage
            """);
  }

  @Test
  void withoutAnyGateThereIsStillAWayBack() {
    assertThat(printed(CanaryPipeline.of(definition(), Set.of("app"))))
        .endsWith(
            """
            deployCanary after pushAppImage
              else rollbackCanary, once deployCanary has begun and until triggerProdDeployment has passed
            triggerProdDeployment after deployCanary, pushAppImage, pushTestImage
            """);
  }

  @Test
  void theProductionPipeline() {
    assertThat(printed(new ReleasePipelines().beginning(PipelineName.PRODUCTION)))
        .isEqualTo(
            """
            deployToK8s
            awaitRollout after deployToK8s
              else rollbackProduction, until awaitRollout has passed
            retireCanary after awaitRollout
            """);
  }

  private static String printed(Plan plan) {
    return plan.steps().stream().map(PipelinesTest::printed).collect(Collectors.joining());
  }

  private static String printed(PlannedStep step) {
    if (step.undo()) {
      return "  else "
          + step.name()
          + (step.opens() == null ? "," : ", once " + step.opens() + " has begun and")
          + " until "
          + step.closes()
          + " has passed\n";
    }
    return step.name()
        + (step.needs().isEmpty() ? "" : " after " + String.join(", ", step.needs()))
        + "\n";
  }

  private static ReleaseDefinition definition(GateDefinition... gates) {
    return new ReleaseDefinition(
        List.of(image("app", "otomato/ornithology"), image("test", "otomato/ornitest")),
        new CanaryDefinition(
            List.of("orni-dep-canary.yml"), null, 1, Duration.ofMinutes(10), List.of(gates)),
        new ProductionDefinition(
            new ProductionDefinition.Files(List.of("orni-dep.yml")), null, Duration.ofMinutes(15)),
        new TrafficDefinition(TrafficDefinition.By.LABELS, null, 5),
        new PodsDefinition(Map.of(), Map.of(), null, Map.of()));
  }

  private static ImageDefinition image(String key, String name) {
    return new ImageDefinition(
        key,
        name,
        ".",
        "Dockerfile",
        null,
        Map.of(),
        true,
        "$SHORT_REVISION",
        Duration.ofMinutes(15));
  }

  private static GateDefinition gate(String name, @Nullable Double traffic) {
    return new GateDefinition(
        name,
        traffic,
        null,
        Duration.ofHours(1),
        new TestDefinition("test", List.of(), Map.of(), Duration.ofMinutes(5)),
        List.of(),
        OnInconclusive.WAIT,
        null);
  }
}
