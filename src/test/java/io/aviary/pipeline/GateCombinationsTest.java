package io.aviary.pipeline;

import static io.aviary.pipeline.GateTest.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.gates.FakeMetrics;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepContext.Decision.Verdict;
import io.aviary.source.DefinitionReader;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every mix of the parts of a gate: what each must hold for, and that none is left out. */
class GateCombinationsTest {

  private static final Duration EVERY = Duration.ofSeconds(30);

  /** A part of a gate, as {@code aviary.yml} says it. */
  enum Part {
    TRAFFIC("traffic: 10"),
    HOLD("hold: 6m"),
    TEST("test: {image: test, command: [run]}"),
    METRICS(
        "metrics: [{name: errors, bad: 'bad{pod=~\"$PODS\"}', all: 'all{pod=~\"$PODS\"}', max: 1%}]"),
    APPROVAL("approval: {}");

    private final String text;

    Part(String text) {
      this.text = text;
    }
  }

  static Stream<Set<Part>> mixes() {
    return IntStream.range(1, 1 << Part.values().length)
        .mapToObj(
            bits -> {
              var mix = EnumSet.noneOf(Part.class);
              var bit = 1;
              for (var part : Part.values()) {
                if ((bits & bit) != 0) {
                  mix.add(part);
                }
                bit <<= 1;
              }
              return mix;
            });
  }

  private static GateDefinition read(Set<Part> mix) {
    var text = new StringBuilder("images: {app: {name: birds}, test: {name: ornitest}}\n");
    text.append("canary:\n  gates:\n    - name: g\n");
    mix.forEach(part -> text.append("      ").append(part.text).append('\n'));
    text.append("production: {manifests: [p.yml]}\n");
    var read = DefinitionReader.read("aviary.yml", text.toString());
    assertThat(read).as(text.toString()).isInstanceOf(DefinitionReader.Read.class);
    return ((DefinitionReader.Read) read).definition().canary().gates().getFirst();
  }

  /** A gate that has begun, with a test that is still running. */
  private static GateScene begun(Set<Part> mix, double badRequests) {
    var scene = new GateScene(read(mix)).withProduction(9);
    scene.metrics.rule =
        (query, time) ->
            FakeMetrics.value(
                query.startsWith("bad") ? badRequests : query.contains("birds-canary") ? 100 : 900);
    scene.settle("g");
    return scene;
  }

  /** Ends the test, if there is one, and lets time pass. */
  private static Outcome<GateProgress> goOn(GateScene scene, Set<Part> mix, int exitCode) {
    if (mix.contains(Part.TEST)) {
      scene.cluster.taskEnds("aviary-17-g", exitCode);
    }
    return scene.pass("g", Duration.ofMinutes(10), EVERY);
  }

  private static void assertWaitsForAPerson(Outcome<GateProgress> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Wait.class);
    assertThat(((Outcome.Wait<GateProgress>) outcome).what()).isEqualTo(Outcome.For.PERSON);
  }

  @ParameterizedTest
  @MethodSource("mixes")
  void aMixIsPassedWhenAllOfItHolds(Set<Part> mix) {
    var scene = begun(mix, 0);
    var outcome = goOn(scene, mix, 0);
    if (mix.contains(Part.APPROVAL)) {
      assertWaitsForAPerson(outcome);
      outcome = scene.decided(Verdict.APPROVE, "finch", null).call("g");
    }

    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    var shown = scene.outputs("g");
    assertThat(shown.containsKey("share")).isEqualTo(mix.contains(Part.TRAFFIC));
    assertThat(shown.containsKey("exitCode")).isEqualTo(mix.contains(Part.TEST));
    assertThat(shown.containsKey("approvedBy")).isEqualTo(mix.contains(Part.APPROVAL));
    assertThat(scene.metrics.asked.isEmpty()).isEqualTo(!mix.contains(Part.METRICS));
  }

  static Stream<Set<Part>> mixesWithHold() {
    return mixes().filter(mix -> mix.contains(Part.HOLD));
  }

  @ParameterizedTest
  @MethodSource("mixesWithHold")
  void aHoldIsNeverCutShort(Set<Part> mix) {
    var scene = begun(mix, 0);
    if (mix.contains(Part.TEST)) {
      scene.cluster.taskEnds("aviary-17-g", 0);
    }
    var outcome = scene.pass("g", Duration.ofMinutes(5), EVERY);

    assertThat(outcome).isInstanceOf(Outcome.Wait.class);
    assertThat(((Outcome.Wait<GateProgress>) outcome).what()).isNotEqualTo(Outcome.For.PERSON);
  }

  static Stream<Set<Part>> mixesWithTest() {
    return mixes().filter(mix -> mix.contains(Part.TEST));
  }

  @ParameterizedTest
  @MethodSource("mixesWithTest")
  void aTestThatFailsEndsAnyMix(Set<Part> mix) {
    assertThat(failure(goOn(begun(mix, 0), mix, 1))).isEqualTo("the test ended with exit code 1");
  }

  static Stream<Set<Part>> mixesWithMetrics() {
    return mixes().filter(mix -> mix.contains(Part.METRICS));
  }

  @ParameterizedTest
  @MethodSource("mixesWithMetrics")
  void aMetricThatFailsEndsAnyMix(Set<Part> mix) {
    assertThat(failure(goOn(begun(mix, 20), mix, 0))).startsWith("errors 20 %");
  }

  static Stream<Set<Part>> mixesWithApproval() {
    return mixes().filter(mix -> mix.contains(Part.APPROVAL));
  }

  @ParameterizedTest
  @MethodSource("mixesWithApproval")
  void aPersonWhoRejectsEndsAnyMix(Set<Part> mix) {
    var scene = begun(mix, 0);
    assertWaitsForAPerson(goOn(scene, mix, 0));

    assertThat(failure(scene.decided(Verdict.REJECT, "finch", "no").call("g")))
        .isEqualTo("rejected by finch: no");
  }

  static Stream<Set<Part>> mixesWithTraffic() {
    return mixes().filter(mix -> mix.contains(Part.TRAFFIC));
  }

  @ParameterizedTest
  @MethodSource("mixesWithTraffic")
  void aShareThatCannotBeHadEndsAnyMix(Set<Part> mix) {
    var scene = new GateScene(read(mix)).withProduction(1);

    assertThat(failure(scene.settle("g"))).startsWith("10 % is not possible");
  }

  // ---- and what makes no sense

  @ParameterizedTest
  @MethodSource("refused")
  void whatMakesNoSenseTogetherIsRefusedWithItsLine(String gate, String mistake) {
    var text =
        "images: {app: {name: birds}, test: {name: ornitest}}\ncanary:\n  gates:\n    - {name: g, %s}\nproduction: {manifests: [p.yml]}\n"
            .formatted(gate);

    var read = DefinitionReader.read("aviary.yml", text);

    assertThat(read).isInstanceOf(DefinitionReader.Mistakes.class);
    assertThat(((DefinitionReader.Mistakes) read).mistakes().toString())
        .contains("aviary.yml:4: canary.gates[0]")
        .contains(mistake);
  }

  static Stream<Arguments> refused() {
    var metric = "metrics: [{name: m, query: q, %s}]";
    return Stream.of(
        Arguments.of("timeout: 5m", "does nothing"),
        Arguments.of("approval: {}, timeout: 5m", "timeout: has no effect"),
        Arguments.of("hold: 1m, on-inconclusive: wait", "has no effect without metrics"),
        Arguments.of("hold: 2h", "is longer than the gate's timeout"),
        Arguments.of("test: {image: test, timeout: 2h}", "is longer than the gate's timeout"),
        Arguments.of("test: {image: nothing}", "there is no image 'nothing'"),
        Arguments.of("traffic: 0", "must be above 0"),
        Arguments.of("traffic: 101", "at most 100"),
        Arguments.of(metric.formatted("compare: baseline"), "needs traffic"),
        Arguments.of(
            "traffic: 10, " + metric.formatted("tolerance: 10%, max: 1"), "without compare"),
        Arguments.of(
            "traffic: 10, " + metric.formatted("direction: either, max: 1"), "without compare"),
        Arguments.of("traffic: 10, " + metric.formatted("min: 2, max: 1"), "is above max"),
        Arguments.of("traffic: 10, metrics: [{name: m, query: q}]", "judges nothing"),
        Arguments.of("traffic: 10, metrics: [{name: m, max: 1}]", "measures nothing"),
        Arguments.of("traffic: 10, metrics: [{name: m, bad: b, max: 1%}]", "needs 'all'"),
        Arguments.of("traffic: 10, metrics: []", "must have at least one metric"));
  }
}
