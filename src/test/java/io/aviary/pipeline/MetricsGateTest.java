package io.aviary.pipeline;

import static io.aviary.pipeline.GateTest.failure;
import static io.aviary.pipeline.GateTest.note;
import static io.aviary.pipeline.GateTest.waiting;
import static io.aviary.release.step.StepContext.Decision.Verdict.APPROVE;
import static io.aviary.release.step.StepContext.Decision.Verdict.REJECT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.gates.FakeMetrics;
import io.aviary.gates.MetricsServer;
import io.aviary.gates.MetricsServer.Question;
import io.aviary.release.definition.ApprovalDefinition;
import io.aviary.release.definition.ApprovalDefinition.OnTimeout;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.GateDefinition.OnInconclusive;
import io.aviary.release.definition.MetricDefinition;
import io.aviary.release.definition.MetricDefinition.Compare;
import io.aviary.release.definition.MetricDefinition.Direction;
import io.aviary.release.definition.MetricDefinition.Unit;
import io.aviary.release.definition.TestDefinition;
import io.aviary.release.step.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Gates with metrics, against a metrics server whose answers are written here. */
class MetricsGateTest {

  private static final Duration EVERY = Duration.ofSeconds(30);
  private static final ApprovalDefinition ONE =
      new ApprovalDefinition(Duration.ofHours(24), OnTimeout.REJECT, 1, false);

  /** One of a hundred requests may be bad. */
  private static final MetricDefinition ERRORS = counts("errors", 0.01, null);

  /** A tenth slower than the other is fine. */
  private static final MetricDefinition LATENCY = samples("latency", null, Compare.BASELINE);

  // ---- looks

  @Test
  void looksAreMadeByTheClockOfTheShareAndTheirWindowsDoNotOverlap() {
    var scene = shared(10.0, Duration.ofMinutes(5), ERRORS);
    scene.metrics.rule = counts(0, 1000);
    var first = waiting(scene.settle("g"));
    var since = scene.instant();
    assertThat(first.what()).isEqualTo(Outcome.For.CLUSTER);
    assertThat(first.until()).isEqualTo(since.plus(EVERY));
    assertThat(scene.metrics.asked).as("before the first look").isEmpty();

    scene.after(EVERY).call("g");
    scene.after(EVERY).call("g");
    scene.after(Duration.ofSeconds(10)).call("g");

    assertThat(scene.metrics.asked)
        .extracting(Question::time)
        .contains(since.plus(EVERY), since.plus(EVERY.multipliedBy(2)))
        .doesNotContain(since.plusSeconds(70));
    var pod = scene.cluster.living("birds-canary").getFirst();
    assertThat(scene.metrics.asked)
        .extracting(Question::query)
        .contains("bad{pod=~\"%s\"}[30s]".formatted(pod), "all{pod=~\"%s\"}[30s]".formatted(pod));
  }

  @Test
  void aServerThatWasAwayMakesEachMissedLookForItsOwnMoment() {
    var scene = shared(10.0, Duration.ofMinutes(5), ERRORS);
    scene.metrics.rule = counts(0, 1000);
    scene.settle("g");
    var since = scene.instant();

    scene.after(Duration.ofSeconds(95));
    assertThat(waiting(scene.call("g")).until())
        .as("the next look is due")
        .isBefore(scene.instant());
    scene.call("g");
    scene.call("g");
    assertThat(waiting(scene.call("g")).until()).isEqualTo(since.plus(EVERY.multipliedBy(4)));

    assertThat(scene.metrics.asked.stream().map(Question::time).distinct())
        .containsExactly(since.plusSeconds(30), since.plusSeconds(60), since.plusSeconds(90));
  }

  @Test
  void aLookThatWasStoredBeforeACrashIsNotMeasuredAnew() {
    var scene = shared(null, Duration.ofMinutes(5), ERRORS);
    scene.metrics.rule = counts(200, 1000);
    scene.settle("g");
    scene.after(EVERY).crashDuring("g");

    scene.metrics.rule = counts(0, 1000);
    assertThat(failure(scene.call("g"))).contains("20 %");
  }

  @Test
  void whileAnApprovalIsWaitedForNothingIsMeasured() {
    var scene = shared(10.0, Duration.ofMinutes(5), ONE, ERRORS);
    scene.metrics.rule = counts(0, 1000);
    scene.pass("g", Duration.ofMinutes(5), EVERY);
    assertThat(waiting(scene.call("g")).what()).isEqualTo(Outcome.For.PERSON);
    var asked = scene.metrics.asked.size();

    scene.after(Duration.ofHours(2)).call("g");

    assertThat(scene.metrics.asked).hasSize(asked);
    assertThat(note(scene.decided(APPROVE, "finch", null).call("g")))
        .isEqualTo("approved by finch");
  }

  // ---- verdicts

  @Test
  void aHealthyCanaryPassesAtTheEndOfTheHold() {
    var scene = shared(10.0, Duration.ofMinutes(5), ERRORS);
    scene.metrics.rule = counts(1, 1000);

    var outcome = scene.pass("g", Duration.ofMinutes(5), EVERY);

    assertThat(note(outcome))
        .isEqualTo("held for 5m; errors 0.1 % (10 of 10000), within the limit of 1 %");
    assertThat(scene.records).contains("errors 0.1 % (10 of 10000), within the limit of 1 %");
    assertThat(String.valueOf(scene.outputs("g").get("metrics"))).contains("pass", "10 of 10000");
  }

  @Test
  void aBadCanaryFailsAtTheFirstLookThatShowsIt() {
    var scene = shared(10.0, Duration.ofMinutes(5), ERRORS);
    scene.metrics.rule = counts(200, 1000);
    scene.settle("g");

    var reason = failure(scene.after(EVERY).call("g"));

    assertThat(reason).startsWith("errors 20 % (200 of 1000), clearly above the limit of 1 %");
    assertThat(scene.records).contains(reason);
  }

  @Test
  void aFailingMetricStopsTheTest() {
    var gate =
        gate(null, Duration.ofMinutes(5), test(), OnInconclusive.WAIT, null, List.of(ERRORS));
    var scene = new GateScene(gate);
    scene.metrics.rule = counts(200, 1000);
    scene.settle("g");
    assertThat(scene.cluster.tasks()).hasSize(1);

    assertThat(failure(scene.after(EVERY).call("g"))).contains("clearly above");
    assertThat(scene.cluster.tasks()).isEmpty();
  }

  @Test
  void aTestThatIsLongerThanTheHoldKeepsTheMetricsLooking() {
    var gate =
        gate(null, Duration.ofMinutes(5), test(), OnInconclusive.WAIT, null, List.of(ERRORS));
    var scene = new GateScene(gate);
    scene.metrics.rule = counts(0, 1000);
    assertThat(waiting(scene.pass("g", Duration.ofMinutes(5), EVERY)).reason())
        .isEqualTo("the test runs");

    scene.metrics.rule = counts(900, 1000);
    assertThat(failure(scene.pass("g", Duration.ofMinutes(1), EVERY))).contains("clearly above");
  }

  @Test
  void allMetricsMustPassAtTheSameTime() {
    var other = samples("memory", 100.0, null);
    var scene = shared(10.0, Duration.ofMinutes(5), ERRORS, other);
    scene.metrics.rule =
        (query, time) ->
            query.startsWith("value") ? FakeMetrics.value(40) : counts(0, 1000).answer(query, time);

    assertThat(note(scene.pass("g", Duration.ofMinutes(5), EVERY)))
        .contains("errors 0 %", "memory 40 s");
  }

  // ---- no verdict

  @Test
  void withoutDataThereIsNoVerdictAndTheGateGoesOnUntilThereIs() {
    var scene = shared(10.0, Duration.ofMinutes(5), ERRORS);
    scene.metrics.rule = (query, time) -> new MetricsServer.Failed("http://prom did not answer");
    var open = waiting(scene.pass("g", Duration.ofMinutes(6), EVERY));
    assertThat(open.reason()).contains("got no answer", "http://prom did not answer");

    scene.metrics.rule = counts(0, 1000);
    assertThat(note(scene.pass("g", Duration.ofMinutes(12), EVERY))).contains("errors 0 %");
  }

  @Test
  void aPersonDecidesWhenTheTimeIsOverWithoutAVerdict() {
    var scene = timedOut(OnInconclusive.WAIT, null);

    var wait = waiting(scene.call("g"));
    assertThat(wait.what()).isEqualTo(Outcome.For.PERSON);
    assertThat(wait.reason()).startsWith("the metrics gave no verdict; waits until");
    assertThat(scene.outputs("g")).containsEntry("awaiting", "verdict");
    assertThat(scene.records.getLast()).startsWith("no verdict when the gate's time was over: ");

    assertThat(note(scene.decided(APPROVE, "finch", "graphs are fine").call("g")))
        .isEqualTo("approved by finch: graphs are fine, without a verdict of the metrics");
  }

  @Test
  void aPersonMaySayNoOrNothing() {
    var no = timedOut(OnInconclusive.WAIT, null);
    assertThat(failure(no.decided(REJECT, "wren", "no").call("g")))
        .isEqualTo("rejected by wren: no");

    var nothing = timedOut(OnInconclusive.WAIT, null);
    assertThat(failure(nothing.after(Duration.ofHours(24)).call("g")))
        .isEqualTo("nobody approved within 24h");
  }

  @Test
  void withoutAVerdictTheGateRollsBackWhereThatIsConfigured() {
    var scene = shared(10.0, OnInconclusive.ROLL_BACK, null);
    scene.metrics.rule = (query, time) -> new MetricsServer.Failed("http://prom did not answer");

    assertThat(failure(scene.pass("g", Duration.ofMinutes(61), EVERY)))
        .startsWith("no verdict when the gate's time was over: errors: ");
  }

  @Test
  void theVerdictOfAPersonIsNoApproval() {
    var scene = timedOut(OnInconclusive.WAIT, ONE);
    assertThat(scene.outputs("g")).containsEntry("awaiting", "verdict");

    var between = waiting(scene.decided(APPROVE, "finch", null).after(EVERY).call("g"));
    assertThat(between.what()).as("so that finch may answer again").isEqualTo(Outcome.For.TIME);
    var asked = waiting(scene.call("g"));

    assertThat(asked.what()).isEqualTo(Outcome.For.PERSON);
    assertThat(scene.outputs("g")).containsEntry("awaiting", "approval");
    assertThat(note(scene.decided(APPROVE, "finch", null).call("g")))
        .isEqualTo("approved by finch");
  }

  // ---- comparing

  @Test
  void productionIsAskedForItsOwnPods() {
    var scene = shared(10.0, Duration.ofMinutes(5), counts("errors", null, Compare.PRODUCTION));
    scene.metrics.rule =
        (query, time) -> counts(query.contains("birds-canary") ? 200 : 2, 1000).answer(query, time);
    scene.settle("g");

    assertThat(failure(scene.after(EVERY).call("g"))).contains("of production");
    assertThat(scene.metrics.asked)
        .extracting(Question::query)
        .anyMatch(query -> query.matches("bad.pod=~.birds-\\d+[|]birds-\\d+[|].*"));
  }

  @Test
  void theBaselineIsWaitedForAndThenComparedWith() {
    var scene = shared(10.0, Duration.ofMinutes(10), LATENCY);
    scene.cluster.has(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: birds-canary-baseline}
        spec: {replicas: 1, selector: {matchLabels: {b: b}}, template: {metadata: {labels: {b: b, app: birds}}}}
        """);
    assertThat(waiting(scene.call("g")).reason()).contains("are canary pods, 1 are wanted");
    scene.metrics.rule = (query, time) -> FakeMetrics.value(query.contains("baseline") ? 0.2 : 0.6);

    assertThat(failure(scene.pass("g", Duration.ofMinutes(10), EVERY)))
        .contains("600 ms against 200 ms of the baseline, 3.0 ×");
    assertThat(scene.outputs("g"))
        .as("the baseline counts among the endpoints")
        .containsEntry("how", "1 of 11 ready endpoints");
  }

  @Test
  void aBaselineThatDoesNotStartIsNotTheCanarysFault() {
    var scene = shared(10.0, Duration.ofMinutes(5), LATENCY);
    scene.cluster.has(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: birds-canary-baseline}
        spec: {replicas: 1, selector: {matchLabels: {b: b}}, template: {metadata: {labels: {b: b}}}}
        """);
    scene.cluster.start();
    scene.cluster.living("birds-canary-baseline").forEach(pod -> scene.cluster.ready(pod, false));
    scene.cluster.settle();
    scene.call("g");
    assertThat(waiting(scene.call("g")).reason())
        .startsWith("0 of 1 pods of the baseline are ready");

    scene.after(Duration.ofMinutes(11)).call("g");

    assertThat(scene.records)
        .anyMatch(text -> text.startsWith("goes on without the whole baseline"));
  }

  // ---- the share as requests show it

  @Test
  void theShareThatRequestsShowIsRecordedBesideTheOneAskedFor() {
    var scene = shared(10.0, Duration.ofMinutes(5), ERRORS);
    scene.metrics.rule = requests(100, 900);
    looks(scene, 3);

    assertThat(scene.outputs("g"))
        .containsEntry("asked", 10.0)
        .containsEntry("measuredShare", 10.0)
        .containsEntry("measured", "10 % of 1000 requests (99 % sure: 7.7 to 12.7 %)");
  }

  @Test
  void aShareThatRequestsShowToBeAnotherFailsTheGate() {
    var scene = shared(10.0, Duration.ofMinutes(5), ERRORS);
    scene.metrics.rule = requests(300, 700);

    assertThat(failure(looks(scene, 3)))
        .startsWith("the canary was to get 10 % of the requests, and got 30 % of 1000 requests");
  }

  @Test
  void fewRequestsProveNothingOfTheShare() {
    var scene = shared(10.0, Duration.ofMinutes(5), ERRORS);
    scene.metrics.rule = requests(3, 7);

    assertThat(waiting(looks(scene, 5)).reason()).contains("errors");
  }

  /** Found on a real cluster: 29.1 % of the first 110 requests where the canary had half. */
  @Test
  void thatMetricsOfNewPodsComeLateIsNoShare() {
    var scene = shared(50.0, Duration.ofMinutes(5), ERRORS);
    scene.metrics.rule = requests(32, 78);
    assertThat(waiting(looks(scene, 2)).reason()).contains("errors");
    assertThat(scene.outputs("g")).doesNotContainKey("measuredShare");

    scene.metrics.rule = requests(72, 72);
    assertThat(waiting(scene.after(EVERY).call("g")).reason()).contains("errors");
    assertThat(scene.outputs("g")).containsEntry("measuredShare", 50.0);
  }

  private static Outcome<GateProgress> looks(GateScene scene, int looks) {
    scene.settle("g");
    var outcome = scene.after(EVERY).call("g");
    for (var look = 1; look < looks; look++) {
      outcome = scene.after(EVERY).call("g");
    }
    return outcome;
  }

  // ----

  private static GateScene timedOut(
      OnInconclusive onInconclusive, @Nullable ApprovalDefinition approval) {
    var scene = shared(10.0, onInconclusive, approval);
    scene.metrics.rule = (query, time) -> new MetricsServer.Failed("http://prom did not answer");
    scene.pass("g", Duration.ofMinutes(61), EVERY);
    return scene;
  }

  private static GateScene shared(
      @Nullable Double traffic,
      OnInconclusive onInconclusive,
      @Nullable ApprovalDefinition approval) {
    return new GateScene(
            gate(traffic, Duration.ofMinutes(5), null, onInconclusive, approval, List.of(ERRORS)))
        .withProduction(9);
  }

  private static GateScene shared(
      @Nullable Double traffic, Duration hold, MetricDefinition... metrics) {
    return shared(traffic, hold, null, metrics);
  }

  private static GateScene shared(
      @Nullable Double traffic,
      Duration hold,
      @Nullable ApprovalDefinition approval,
      MetricDefinition... metrics) {
    return new GateScene(gate(traffic, hold, null, OnInconclusive.WAIT, approval, List.of(metrics)))
        .withProduction(9);
  }

  private static GateDefinition gate(
      @Nullable Double traffic,
      Duration hold,
      @Nullable TestDefinition test,
      OnInconclusive onInconclusive,
      @Nullable ApprovalDefinition approval,
      List<MetricDefinition> metrics) {
    return new GateDefinition(
        "g", traffic, hold, Duration.ofHours(1), test, metrics, onInconclusive, approval);
  }

  private static TestDefinition test() {
    return new TestDefinition("test", List.of(), Map.of(), Duration.ofMinutes(30));
  }

  private static MetricDefinition counts(
      String name, @Nullable Double max, @Nullable Compare compare) {
    return new MetricDefinition(
        name,
        "bad{pod=~\"$PODS\"}[$WINDOW]",
        "all{pod=~\"$PODS\"}[$WINDOW]",
        null,
        null,
        max,
        compare,
        Direction.HIGHER_IS_WORSE,
        0.1,
        EVERY,
        10,
        100,
        Unit.FRACTION);
  }

  private static MetricDefinition samples(
      String name, @Nullable Double max, @Nullable Compare compare) {
    return new MetricDefinition(
        name,
        null,
        null,
        "value{pod=~\"$PODS\"}",
        null,
        max,
        compare,
        Direction.HIGHER_IS_WORSE,
        0.1,
        EVERY,
        10,
        100,
        Unit.SECONDS);
  }

  /** Of whatever pods, with nine times as many requests of production's. */
  private static FakeMetrics.Rule counts(double bad, double all) {
    return (query, time) ->
        FakeMetrics.value(
            query.startsWith("bad") ? bad : query.contains("birds-canary") ? all : 9 * all);
  }

  private static FakeMetrics.Rule requests(double canary, double others) {
    return (query, time) ->
        FakeMetrics.value(
            query.startsWith("bad") ? 0 : query.contains("birds-canary") ? canary : others);
  }
}
