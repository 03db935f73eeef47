package io.aviary.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.kubernetes.Json;
import io.aviary.kubernetes.KubeObject;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.GateDefinition.OnInconclusive;
import io.aviary.release.definition.MetricDefinition;
import io.aviary.release.definition.MetricDefinition.Compare;
import io.aviary.release.definition.MetricDefinition.Direction;
import io.aviary.release.definition.MetricDefinition.Unit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BaselineTest {

  private final GateScene scene = new GateScene(gate(Compare.BASELINE)).withProduction(3);

  private List<KubeObject> manifest(GateScene scene) {
    var canary =
        new KubeObject(
            Map.of(
                "apiVersion",
                "apps/v1",
                "kind",
                "Deployment",
                "metadata",
                Map.of("name", "birds-canary", "labels", Map.of("theirs", "stays away")),
                "spec",
                Map.of(
                    "replicas",
                    5,
                    "selector",
                    Map.of("matchLabels", Map.of("type", "canary")),
                    "template",
                    Map.of(
                        "metadata",
                        Map.of(
                            "labels",
                            Map.of("type", "canary"),
                            "annotations",
                            Map.of("prometheus.io/scrape", "true")),
                        "spec",
                        Map.of(
                            "containers",
                            List.of(
                                Map.of("name", "new", "image", "registry/birds@sha256:new"),
                                Map.of("name", "proxy", "image", "proxy:1")))))));
    return scene.baseline.manifest(scene.step("g"), List.of(canary)).stream().toList();
  }

  @Test
  void itHasTheCanarysPodSpecWithWhatProductionRuns() {
    var content = manifest(scene).getFirst().content();

    assertThat(Json.text(content, "metadata", "name")).isEqualTo("birds-canary-baseline");
    assertThat(Json.map(content, "metadata", "labels"))
        .containsOnlyKeys("app.kubernetes.io/managed-by", "aviary.io/application", "aviary.io/run");
    assertThat(Json.numberOr(0, content, "spec", "replicas")).as("three at most").isEqualTo(3);
    assertThat(Json.map(content, "spec", "selector", "matchLabels"))
        .isEqualTo(Map.of("aviary.io/baseline", "birds-canary-baseline"));
    assertThat(Json.map(content, "spec", "template", "metadata", "labels"))
        .as("selected by production's Service, and by nothing of the canary's")
        .isEqualTo(Map.of("app", "birds", "aviary.io/baseline", "birds-canary-baseline"));
    assertThat(Json.map(content, "spec", "template", "metadata", "annotations"))
        .containsKey("prometheus.io/scrape");
    assertThat(Json.maps(content, "spec", "template", "spec", "containers"))
        .extracting(container -> container.get("image"))
        .containsExactly("registry/birds@sha256:live", "proxy:1");
  }

  @Test
  void withoutAComparisonThereIsNone() {
    assertThat(manifest(new GateScene(gate(Compare.PRODUCTION)).withProduction(3))).isEmpty();
  }

  @Test
  void withoutProductionThereIsNone() {
    assertThat(manifest(new GateScene(gate(Compare.BASELINE)))).isEmpty();
  }

  @Test
  void aCanaryIsNeverComparedWithItself() {
    scene.productionImage = "another/image:1";

    assertThat(manifest(scene)).isEmpty();
    assertThat(scene.records)
        .containsExactly(
            "there is no baseline to compare with: production runs nothing in place of"
                + " registry/birds");
  }

  @Test
  void theShareIsCountedWithItsPodsNotBeforeThem() {
    var gates = new GateScene(gate(25.0, Compare.BASELINE)).withProduction(9);
    gates.cluster.has(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: birds-canary-baseline}
        spec: {replicas: 3, template: {metadata: {labels: {app: birds}}, spec: {containers: []}}}
        """);
    gates.cluster.late.add("birds-canary-baseline");
    for (var call = 0; call < 5; call++) {
      gates.cluster.start();
      gates.call("g");
    }
    assertThat(gates.outputs("g")).doesNotContainKey("share");

    gates.cluster.late.clear();
    gates.settle("g");

    assertThat(gates.outputs("g"))
        .containsEntry("share", 25.0)
        .containsEntry("how", "4 of 16 ready endpoints");
  }

  /** As many as the canary has would each ask for one more pod of the canary, without end. */
  @Test
  void halfOfTheRequestsByWeightsDoNotMakeCanaryAndBaselineChaseEachOther() {
    var gates = new GateScene(gate(50.0, Compare.BASELINE)).withProduction(9).sharedByGateway();
    gates.cluster.has(
        """
        {apiVersion: v1, kind: Service, metadata: {name: birds-canary}, spec: {selector: {type: canary}, ports: [{port: 5000}]}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: birds-canary-baseline}
        spec: {replicas: 1, template: {metadata: {labels: {app: birds}}, spec: {containers: []}}}
        """);
    gates.cluster.start();
    gates.settle("g");

    assertThat(gates.outputs("g"))
        .containsEntry("share", 50.0)
        .containsEntry("how", "weight 1 of 2 in the HTTPRoute edge");
    assertThat(gates.cluster.living("birds-canary-baseline")).hasSize(3);
    assertThat(gates.cluster.living("birds-canary"))
        .as("each serves about as much as one of production's, with the baseline's twelve")
        .hasSizeBetween(10, 12);
  }

  static GateDefinition gate(Compare compare) {
    return gate(10.0, compare);
  }

  private static GateDefinition gate(double traffic, Compare compare) {
    return new GateDefinition(
        "g",
        traffic,
        null,
        Duration.ofHours(1),
        null,
        List.of(
            new MetricDefinition(
                "latency",
                null,
                null,
                "value{pod=~\"$PODS\"}",
                null,
                null,
                compare,
                Direction.HIGHER_IS_WORSE,
                0.1,
                Duration.ofSeconds(30),
                10,
                100,
                Unit.SECONDS)),
        OnInconclusive.WAIT,
        null);
  }
}
