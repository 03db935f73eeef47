package io.aviary.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.kubernetes.KubeObject;
import io.aviary.release.definition.TrafficDefinition;
import io.aviary.release.definition.TrafficDefinition.By;
import io.aviary.traffic.TrafficSplit.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewaySplitTest {

  private final Scene scene = new Scene(9);
  private final FakeCluster cluster = scene.cluster;
  private final TrafficSplit split = scene.split(By.GATEWAY, "edge");

  @BeforeEach
  void route() {
    route("[{name: birds, port: 5000, weight: 1}]");
  }

  private void route(String backends) {
    cluster.has(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: edge, labels: {theirs: stays}}
        spec:
          parentRefs: [{name: edge, namespace: gateway, group: gateway.networking.k8s.io, kind: Gateway}]
          hostnames: [birds.example]
          rules:
          - matches: [{path: {type: PathPrefix, value: /}}]
            timeouts: {request: 10s}
            backendRefs: %s
          - matches: [{path: {type: PathPrefix, value: /old}}]
            filters: [{type: RequestRedirect, requestRedirect: {statusCode: 301}}]
        """
            .formatted(backends));
    answer();
  }

  private void answer() {
    cluster.controllerAnswers("edge", "True", "True");
  }

  /** The controller answers and the data plane follows. */
  private void follow() {
    if (cluster.isThere("HTTPRoute", "edge")) {
      answer();
    }
    scene.pass(GatewaySplit.SETTLING);
  }

  private Progress reach(double percent) {
    return scene.reach(split, percent, this::follow);
  }

  private boolean withdrawn() {
    for (var call = 0; call < 10; call++) {
      if (split.withdraw()) {
        return true;
      }
      follow();
      cluster.start();
    }
    return false;
  }

  private Map<String, Integer> weights() {
    return weights(0);
  }

  private Map<String, Integer> weights(int rule) {
    Map<String, Integer> weights = new LinkedHashMap<>();
    backends(rule)
        .forEach(
            ref ->
                weights.put(String.valueOf(ref.get("name")), Fields.number(ref.get("weight"), 1)));
    return weights;
  }

  private List<Map<String, Object>> backends(int rule) {
    return Fields.maps(
        Fields.maps(cluster.object("HTTPRoute", "edge"), "spec", "rules").get(rule), "backendRefs");
  }

  private void setWeight(String backend, int weight) {
    backends(0).stream()
        .filter(ref -> backend.equals(ref.get("name")))
        .forEach(ref -> ref.put("weight", weight));
    var metadata = Fields.map(cluster.object("HTTPRoute", "edge"), "metadata");
    metadata.put("generation", Fields.number(metadata.get("generation"), 0) + 1);
  }

  private void addBackend(Map<String, Object> backend) {
    var all = new ArrayList<>(backends(0));
    all.add(Fields.copy(backend));
    Fields.maps(cluster.object("HTTPRoute", "edge"), "spec", "rules")
        .getFirst()
        .put("backendRefs", all);
  }

  private Map<String, String> annotations() {
    return Fields.texts(cluster.object("HTTPRoute", "edge"), "metadata", "annotations");
  }

  // ---- giving

  @Test
  void firstWithWeightZeroThenWithItsShare() {
    assertThat(split.advance(10))
        .isEqualTo(new Progress.Pending("the canary becomes a backend of the HTTPRoute edge"));
    assertThat(weights()).containsExactly(Map.entry("birds", 1), Map.entry("birds-canary", 0));

    assertThat(split.advance(10)).as("not accepted yet").isInstanceOf(Progress.Pending.class);
    assertThat(weights()).containsEntry("birds-canary", 0);

    answer();
    assertThat(split.advance(10))
        .isEqualTo(new Progress.Pending("the HTTPRoute edge gets weight 1 of 10"));
    assertThat(weights()).containsExactly(Map.entry("birds", 9), Map.entry("birds-canary", 1));
    assertThat(split.advance(10))
        .isEqualTo(
            new Progress.Pending(
                "waiting until the HTTPRoute edge is accepted: the Gateway edge has not looked at"
                    + " the newest weights yet (Accepted)"));

    answer();
    assertThat(split.advance(10))
        .isEqualTo(new Progress.Pending("weight 1 of 10 is accepted and takes effect"));
    scene.pass(GatewaySplit.SETTLING.minusMillis(1));
    assertThat(split.advance(10)).isInstanceOf(Progress.Pending.class);
    scene.pass(Duration.ofMillis(1));
    assertThat(split.advance(10))
        .isEqualTo(new Progress.Reached(10, "weight 1 of 10 in the HTTPRoute edge"));
  }

  @Test
  void nothingButBackendsAndOurAnnotationChanges() {
    var before = Fields.copy(cluster.object("HTTPRoute", "edge"));
    reach(25);
    assertThat(weights()).containsExactly(Map.entry("birds", 3), Map.entry("birds-canary", 1));

    assertThat(withdrawn()).isTrue();
    var after = Fields.copy(cluster.object("HTTPRoute", "edge"));
    after.remove("status");
    before.remove("status");
    Fields.map(after, "metadata").remove("generation");
    Fields.map(before, "metadata").remove("generation");
    assertThat(after).isEqualTo(before);
  }

  @Test
  void theCanarysBackendHasTheFiltersOfProductions() {
    route(
        "[{name: birds, port: 5000, weight: 1, filters: [{type: RequestHeaderModifier,"
            + " requestHeaderModifier: {set: [{name: a, value: b}]}}]}]");
    reach(10);
    assertThat(backends(0).getLast().get("filters"))
        .isEqualTo(backends(0).getFirst().get("filters"));
  }

  @Test
  void otherBackendsKeepTheirProportionToProduction() {
    route("[{name: birds, port: 5000, weight: 90}, {name: legacy, port: 80, weight: 10}]");

    assertThat(reach(25))
        .isEqualTo(new Progress.Reached(25, "weight 100 of 400 in the HTTPRoute edge"));
    assertThat(weights())
        .containsExactly(
            Map.entry("birds", 270), Map.entry("legacy", 30), Map.entry("birds-canary", 100));
    assertThat(reach(50)).isInstanceOf(Progress.Reached.class);
    assertThat(weights())
        .containsExactly(
            Map.entry("birds", 90), Map.entry("legacy", 10), Map.entry("birds-canary", 100));

    assertThat(withdrawn()).isTrue();
    assertThat(weights()).containsExactly(Map.entry("birds", 90), Map.entry("legacy", 10));
  }

  @Test
  void enoughPodsAreStartedBeforeTheWeightIsRaised() {
    split.advance(25);
    assertThat(cluster.writes).contains("scale birds-canary 3");
    answer();
    assertThat(split.advance(25))
        .isEqualTo(
            new Progress.Pending(
                "1 of 3 canary pods ready for 25 % of what 9 production pods serve"));
    assertThat(weights()).containsEntry("birds-canary", 0);

    cluster.start();
    split.advance(25);
    assertThat(weights()).containsEntry("birds-canary", 1);
  }

  @Test
  void withoutAReadyPodTheWeightIsZeroMeanwhile() {
    reach(10);
    var pod = cluster.living("birds-canary").getFirst();
    cluster.ready(pod, false);
    cluster.settle();

    assertThat(split.keep(10)).isInstanceOf(Progress.Pending.class);
    assertThat(weights()).containsExactly(Map.entry("birds", 1), Map.entry("birds-canary", 0));

    cluster.ready(pod, true);
    assertThat(reach(10)).isInstanceOf(Progress.Reached.class);
  }

  @Test
  void withFewerPodsTheShareIsWhatTheyCarry() {
    reach(50);
    assertThat(weights()).containsExactly(Map.entry("birds", 1), Map.entry("birds-canary", 1));
    cluster.living("birds-canary").stream().skip(1).forEach(pod -> cluster.ready(pod, false));
    cluster.settle();

    split.keep(50);
    assertThat(weights()).containsExactly(Map.entry("birds", 9), Map.entry("birds-canary", 1));
    cluster.writes.clear();
    split.keep(50);
    assertThat(cluster.writes).isEmpty();
  }

  @Test
  void productionsOwnRollOutStartsNoCanaryPods() {
    reach(25);
    for (var replicas : List.of(10, 8, 11, 9)) {
      scene.production(replicas);
      assertThat(split.keep(25)).as("%s pods", replicas).isInstanceOf(Progress.Reached.class);
      assertThat(cluster.writes).isEmpty();
    }
    scene.production(18);
    assertThat(split.keep(25)).isInstanceOf(Progress.Pending.class);
    assertThat(cluster.writes).contains("scale birds-canary 6");
  }

  @Test
  void keepingIsCheapWhileNothingChanges() {
    reach(10);
    cluster.calls = 0;
    cluster.writes.clear();
    assertThat(split.keep(10)).isInstanceOf(Progress.Reached.class);
    assertThat(cluster.calls).isEqualTo(3);
    assertThat(cluster.writes).isEmpty();
  }

  @Test
  void allOfARuleMayBeTheCanarysIfItIsProductionsAlone() {
    assertThat(reach(100))
        .isEqualTo(new Progress.Reached(100, "weight 1 of 1 in the HTTPRoute edge"));
    assertThat(cluster.living("birds-canary")).hasSize(9);
    assertThat(withdrawn()).isTrue();
    assertThat(weights()).containsExactly(Map.entry("birds", 1));

    route("[{name: birds, port: 5000, weight: 1}, {name: legacy, port: 80, weight: 1}]");
    assertThat(reach(100)).isInstanceOf(Progress.Impossible.class);
  }

  @Test
  void aRefusedRouteIsShownAndNeverRaised() {
    split.advance(10);
    cluster.controllerAnswers("edge", "True", "False");
    assertThat(split.advance(10))
        .isEqualTo(
            new Progress.Pending(
                "waiting until the HTTPRoute edge is accepted: the Gateway edge says ResolvedRefs:"
                    + " False, BackendNotFound: "));
    assertThat(weights()).containsEntry("birds-canary", 0);
  }

  @Test
  void eachParentHasToAccept() {
    split.advance(10);
    answer();
    var spec = Fields.map(cluster.object("HTTPRoute", "edge"), "spec");
    spec.put(
        "parentRefs",
        List.of(
            Map.of("name", "edge", "namespace", "gateway"),
            Map.of("name", "inner", "namespace", "gateway")));
    assertThat(split.advance(10))
        .isEqualTo(
            new Progress.Pending(
                "waiting until the HTTPRoute edge is accepted: the Gateway inner has not answered"
                    + " yet"));
  }

  @Test
  void aConflictIsTriedAgainOnWhatIsThereThen() {
    cluster.meanwhile = () -> Fields.map(cluster.object("HTTPRoute", "edge"), "spec").put("x", "y");
    split.advance(10);
    assertThat(Fields.map(cluster.object("HTTPRoute", "edge"), "spec")).containsEntry("x", "y");
    assertThat(weights()).containsEntry("birds-canary", 0);
  }

  @Test
  void rulesWithTheSameBackendEachGetTheShare() {
    cluster.has(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: edge}
        spec:
          parentRefs: [{name: edge}]
          rules:
          - backendRefs: [{name: birds, port: 5000}]
          - backendRefs: [{name: other, port: 5000, weight: 7}]
          - backendRefs: [{name: birds, port: 5000, weight: 3}, {name: birds, port: 5000, weight: 1}]
          - backendRefs: [{name: birds, port: 5000, weight: 0}, {name: other, port: 1, weight: 1}]
          - backendRefs: [{name: birds, namespace: elsewhere, port: 5000}]
        """);
    answer();
    assertThat(reach(20))
        .isEqualTo(new Progress.Reached(20, "weight 1 of 5 in the HTTPRoute edge"));
    assertThat(weights(0)).containsExactly(Map.entry("birds", 4), Map.entry("birds-canary", 1));
    assertThat(weights(1)).containsExactly(Map.entry("other", 7));
    assertThat(backends(2)).extracting(ref -> ref.get("weight")).containsExactly(3, 1, 1);
    assertThat(weights(3)).doesNotContainKey("birds-canary");
    assertThat(weights(4)).doesNotContainKey("birds-canary");

    assertThat(withdrawn()).isTrue();
    assertThat(backends(2)).extracting(ref -> ref.get("weight")).containsExactly(3, 1);
  }

  // ---- refusals

  @Test
  void whatCannotBeIsSaid() {
    assertThat(new GatewaySplit(scene.between(null), "edge", 5, scene).advance(10))
        .isInstanceOf(Progress.Impossible.class);
    assertThat(scene.split(By.GATEWAY, "none").advance(10))
        .isEqualTo(
            new Progress.Impossible(
                "there is no HTTPRoute none in namespace ns; apply it, or correct traffic.route"));

    route("[{name: other, port: 5000, weight: 1}]");
    assertThat(split.advance(10))
        .isInstanceOfSatisfying(
            Progress.Impossible.class,
            no -> assertThat(no.reason()).startsWith("no rule of the HTTPRoute edge sends"));

    cluster.has(
        """
        {apiVersion: v1, kind: Service, metadata: {name: birds-canary}, spec: {ports: [{port: 1}, {port: 2}],
          selector: {type: canary}}}
        """);
    route("[{name: birds, port: 5000, weight: 1}]");
    assertThat(split.advance(10))
        .isInstanceOfSatisfying(
            Progress.Impossible.class,
            no ->
                assertThat(no.reason())
                    .startsWith("the Service birds-canary is missing, or it has"));

    cluster.has(
        "{apiVersion: v1, kind: Service, metadata: {name: birds-canary}, spec: {selector: {app: birds}}}");
    cluster.settle();
    assertThat(split.advance(10))
        .isInstanceOfSatisfying(
            Progress.Impossible.class,
            no -> assertThat(no.reason()).contains("both select birds-0"));
  }

  @Test
  void whatIsImpossibleInOneRuleChangesNone() {
    cluster.has(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: edge}
        spec:
          parentRefs: [{name: edge}]
          rules:
          - backendRefs: [{name: birds, port: 5000}]
          - backendRefs: [{name: birds, port: 5001}]
        ---
        {apiVersion: v1, kind: Service, metadata: {name: birds-canary}, spec: {ports: [{port: 5000}, {port: 2}],
          selector: {type: canary}}}
        """);
    assertThat(split.advance(10)).isInstanceOf(Progress.Impossible.class);
    assertThat(cluster.writes).isEmpty();
  }

  @Test
  void theOnlyPortOfTheCanarysServiceIsTaken() {
    cluster.has(
        """
        {apiVersion: v1, kind: Service, metadata: {name: birds-canary}, spec: {ports: [{port: 80}],
          selector: {type: canary}}}
        """);
    split.advance(10);
    assertThat(backends(0).getLast()).containsEntry("port", 80);
  }

  // ---- others

  @Test
  void weightsChangedByHandArePutBackAndSaidSo() {
    reach(10);
    setWeight("birds-canary", 40);
    assertThat(split.keep(10))
        .isEqualTo(
            new Progress.Pending(
                "the HTTPRoute edge gets weight 1 of 10; someone else had been here: the weight of"
                    + " birds-canary in rule 1 was changed from 1 to 40"));
    assertThat(weights()).containsExactly(Map.entry("birds", 9), Map.entry("birds-canary", 1));

    setWeight("birds", 5);
    assertThat(split.keep(10))
        .isInstanceOfSatisfying(
            Progress.Pending.class,
            pending ->
                assertThat(pending.reason()).contains("the weight of birds in rule 1 was changed"));
    assertThat(weights()).containsExactly(Map.entry("birds", 9), Map.entry("birds-canary", 1));
  }

  @Test
  void whatOthersDoToTheirBackendsIsTakenOver() {
    route("[{name: birds, port: 5000, weight: 1}, {name: legacy, port: 80, weight: 1}]");
    reach(50);
    assertThat(weights())
        .containsExactly(
            Map.entry("birds", 1), Map.entry("legacy", 1), Map.entry("birds-canary", 2));

    setWeight("legacy", 0);
    assertThat(split.keep(50)).isInstanceOf(Progress.Pending.class);
    assertThat(weights())
        .containsExactly(
            Map.entry("birds", 1), Map.entry("legacy", 0), Map.entry("birds-canary", 1));

    follow();
    addBackend(Map.of("name", "new", "port", 1, "kind", "Service", "weight", 3));
    assertThat(split.keep(50)).isInstanceOf(Progress.Pending.class);
    assertThat(weights())
        .containsEntry("birds", 1)
        .containsEntry("new", 3)
        .containsEntry("birds-canary", 4);

    assertThat(withdrawn()).isTrue();
    assertThat(weights())
        .containsExactly(Map.entry("birds", 1), Map.entry("legacy", 0), Map.entry("new", 3));
  }

  @Test
  void aRouteThatIsAppliedAnewGetsTheCanaryBackByWayOfZero() {
    reach(25);
    var annotations = annotations();
    route("[{name: birds, port: 5000, weight: 1}]");
    annotations.forEach(
        (key, value) -> Fields.annotate(cluster.object("HTTPRoute", "edge"), key, value));

    assertThat(split.keep(25))
        .isEqualTo(
            new Progress.Pending(
                "the canary becomes a backend of the HTTPRoute edge; someone else had been here:"
                    + " the canary's backend was taken out of rule 1"));
    assertThat(weights()).containsEntry("birds-canary", 0);
    assertThat(reach(25)).isInstanceOf(Progress.Reached.class);
  }

  @Test
  void aBackendThatWasDeclaredStaysWithWeightZero() {
    route("[{name: birds, port: 5000, weight: 100}, {name: birds-canary, port: 5000, weight: 0}]");
    reach(10);
    assertThat(weights()).containsExactly(Map.entry("birds", 900), Map.entry("birds-canary", 100));
    assertThat(withdrawn()).isTrue();
    assertThat(weights()).containsExactly(Map.entry("birds", 100), Map.entry("birds-canary", 0));
    assertThat(annotations()).isEmpty();
  }

  @Test
  void aRuleThatLeadsToTheCanaryOnlyIsLeftAlone() {
    cluster.has(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: edge}
        spec:
          parentRefs: [{name: edge}]
          rules:
          - {matches: [{headers: [{name: preview, value: yes}]}], backendRefs: [{name: birds-canary, port: 5000}]}
          - backendRefs: [{name: birds, port: 5000}]
        """);
    answer();
    assertThat(split.withdraw()).isTrue();
    assertThat(reach(10)).isInstanceOf(Progress.Reached.class);
    assertThat(withdrawn()).isTrue();
    assertThat(weights(0)).containsExactly(Map.entry("birds-canary", 1));
    assertThat(weights(1)).containsExactly(Map.entry("birds", 1));
  }

  // ---- taking away

  @Test
  void takenAwayByWayOfZero() {
    reach(10);

    assertThat(split.withdraw()).isFalse();
    assertThat(weights()).containsExactly(Map.entry("birds", 1), Map.entry("birds-canary", 0));
    assertThat(split.withdraw()).as("not looked at").isFalse();
    answer();
    assertThat(split.withdraw()).as("accepted, not yet in use").isFalse();
    assertThat(split.withdraw()).isFalse();
    assertThat(weights()).containsKey("birds-canary");
    scene.pass(GatewaySplit.SETTLING);
    assertThat(split.withdraw()).isFalse();
    assertThat(weights()).containsExactly(Map.entry("birds", 1));
    assertThat(split.withdraw()).as("not looked at without the backend").isFalse();
    answer();
    assertThat(split.withdraw()).isTrue();
    assertThat(annotations()).isEmpty();
    assertThat(split.withdraw()).isTrue();
  }

  @Test
  void aRouteThatWasNeverTouchedHoldsNothingUp() {
    cluster.controllerAnswers("edge", "False", "False");
    Fields.map(cluster.object("HTTPRoute", "edge"), "metadata").put("generation", 5);
    assertThat(split.withdraw()).isTrue();
    assertThat(cluster.writes).isEmpty();
  }

  @Test
  void withdrawnAlsoWhereTheRouteOrTheServiceIsGone() {
    reach(10);
    cluster.remove("Service", "birds-canary");
    cluster.settle();
    split.withdraw();
    cluster.controllerAnswers("edge", "True", "False");
    split.withdraw();
    scene.pass(GatewaySplit.SETTLING);
    split.withdraw();
    answer();
    assertThat(split.withdraw()).isTrue();
    assertThat(weights()).containsExactly(Map.entry("birds", 1));

    cluster.remove("HTTPRoute", "edge");
    assertThat(split.withdraw()).isTrue();
    assertThat(new GatewaySplit(scene.between(null), "edge", 5, scene).withdraw()).isTrue();
  }

  @Test
  void withdrawnFromEveryStateInBetween() {
    for (var calls = 0; calls < 8; calls++) {
      route("[{name: birds, port: 5000, weight: 2}, {name: legacy, port: 80, weight: 3}]");
      for (var call = 0; call < calls; call++) {
        split.advance(25);
        follow();
        cluster.start();
      }
      assertThat(withdrawn()).as("after %s calls", calls).isTrue();
      assertThat(weights()).containsExactly(Map.entry("birds", 2), Map.entry("legacy", 3));
      assertThat(annotations()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void withdrawnWhateverOthersDidMeanwhile(long seed) {
    var random = new Random(seed);
    for (var story = 0; story < 50; story++) {
      route("[{name: birds, port: 5000, weight: 2}, {name: legacy, port: 80, weight: 3}]");
      for (var event = 0; event < 25; event++) {
        happens(random);
        var progress = split.advance(List.of(10.0, 25.0, 33.3, 50.0).get(random.nextInt(4)));
        if (cluster.readyEndpoints("ns", "birds-canary").isEmpty()
            && !(progress instanceof Progress.Impossible)) {
          assertThat(weights().getOrDefault("birds-canary", 0))
              .as("weight without a ready pod, story %s, event %s", story, event)
              .isZero();
        }
        if (progress instanceof Progress.Reached(var share, _)) {
          assertThat(share).isEqualTo(Percent.rounded(canaryShare()));
        }
      }
      assertThat(withdrawn()).as("story %s", story).isTrue();
      assertThat(weights()).doesNotContainKey("birds-canary");
      assertThat(weights().values()).anyMatch(weight -> weight > 0);
      assertThat(annotations()).isEmpty();
    }
  }

  private void happens(Random random) {
    switch (random.nextInt(8)) {
      case 0 -> setWeight("birds", random.nextInt(5));
      case 1 -> setWeight("legacy", random.nextInt(50));
      case 2 -> setWeight("birds-canary", random.nextInt(5));
      case 3 ->
          route("[{name: birds, port: 5000, weight: 2}, {name: legacy, port: 80, weight: 3}]");
      case 4 ->
          cluster.living("birds-canary").forEach(pod -> cluster.ready(pod, random.nextBoolean()));
      case 5 -> scene.production(1 + random.nextInt(12));
      default -> follow();
    }
    cluster.start();
  }

  private double canaryShare() {
    var all = weights().values().stream().mapToInt(Integer::intValue).sum();
    return 100.0 * weights().getOrDefault("birds-canary", 0) / all;
  }

  @Test
  void withdrawnAlsoWithoutTheMemory() {
    route("[{name: birds, port: 5000, weight: 1}, {name: legacy, port: 80, weight: 2}]");
    reach(10);
    Fields.map(cluster.object("HTTPRoute", "edge"), "metadata").remove("annotations");
    assertThat(withdrawn()).isTrue();
    var weights = weights();
    assertThat(weights).containsOnlyKeys("birds", "legacy");
    assertThat(weights.get("legacy")).isEqualTo(2 * weights.getOrDefault("birds", 0));
  }

  @Test
  void aRuleIsNeverLeftWithoutAnyWeight() {
    reach(100);
    Fields.map(cluster.object("HTTPRoute", "edge"), "metadata").remove("annotations");
    assertThat(withdrawn()).isTrue();
    assertThat(weights()).containsExactly(Map.entry("birds", 1));
  }

  @Test
  void aSecondCanaryInTheRouteIsLeftAlone() {
    route("[{name: birds, port: 5000, weight: 1}, {name: birds-next, port: 5000, weight: 0}]");
    Fields.annotate(cluster.object("HTTPRoute", "edge"), "aviary.io/split.birds-next", "{}");
    reach(10);
    assertThat(withdrawn()).isTrue();
    assertThat(annotations()).containsOnlyKeys("aviary.io/split.birds-next");
    assertThat(weights()).containsExactly(Map.entry("birds", 1), Map.entry("birds-next", 0));
  }

  @Test
  void whatIsRecordedOfARouteHasNothingOfTheCanarys() {
    var splits = new TrafficSplits(scene);
    var traffic = new TrafficDefinition(By.GATEWAY, "edge", 5);
    var before = new KubeObject(Fields.copy(cluster.object("HTTPRoute", "edge")));
    assertThat(splits.without(scene.between(), traffic, before)).isSameAs(before);
    reach(25);
    var live = new KubeObject(Fields.copy(cluster.object("HTTPRoute", "edge")));
    assertThat(Fields.map(live.content(), "metadata")).containsKey("annotations");

    var recorded = splits.without(scene.between(), traffic, live);

    assertThat(Fields.map(recorded.content(), "spec"))
        .isEqualTo(Fields.map(before.content(), "spec"));
    assertThat(Fields.map(recorded.content(), "metadata")).doesNotContainKey("annotations");
    assertThat(weights()).as("the live one is not touched").containsKey("birds-canary");
  }

  @Test
  void productionsManifestKeepsTheShareUntilTheCanaryIsRetired() {
    var splits = new TrafficSplits(scene);
    var traffic = new TrafficDefinition(By.GATEWAY, "edge", 5);
    var manifest = new KubeObject(Fields.copy(cluster.object("HTTPRoute", "edge")));
    assertThat(splits.with(scene.between(), traffic, 25, manifest)).isSameAs(manifest);
    reach(25);
    var shared = weights();

    var applied = splits.with(scene.between(), traffic, 25, manifest);
    cluster.apply("ns", List.of(applied));
    answer();

    assertThat(weights()).containsExactlyEntriesOf(shared);
    assertThat(split.keep(25)).isInstanceOf(Progress.Reached.class);
    assertThat(withdrawn()).isTrue();
    assertThat(weights()).containsExactly(Map.entry("birds", 1));
    assertThat(splits.with(scene.between(), traffic, 25, manifest)).isSameAs(manifest);
  }

  @Test
  void whatProductionsManifestChangesInTheRouteIsShared() {
    var splits = new TrafficSplits(scene);
    var traffic = new TrafficDefinition(By.GATEWAY, "edge", 5);
    reach(25);
    var manifest = new KubeObject(Fields.copy(cluster.object("HTTPRoute", "edge")));
    var rule = Fields.maps(manifest.content(), "spec", "rules").getFirst();
    rule.put("timeouts", Map.of("request", "20s"));
    rule.put(
        "backendRefs",
        List.of(
            new LinkedHashMap<>(Map.of("name", "birds", "port", 5000, "weight", 1)),
            new LinkedHashMap<>(Map.of("name", "legacy", "port", 80, "weight", 1))));
    Fields.annotate(manifest.content(), "aviary.io/split.birds-canary", null);

    cluster.apply("ns", List.of(splits.with(scene.between(), traffic, 25, manifest)));
    answer();

    assertThat(Fields.maps(cluster.object("HTTPRoute", "edge"), "spec", "rules").getFirst())
        .containsEntry("timeouts", Map.of("request", "20s"));
    assertThat(weights().keySet()).containsExactlyInAnyOrder("birds", "legacy", "birds-canary");
    assertThat(split.keep(25)).isInstanceOf(Progress.Reached.class);
  }
}
