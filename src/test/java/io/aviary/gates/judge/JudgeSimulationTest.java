package io.aviary.gates.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.gates.judge.JudgeSimulation.Broken;
import io.aviary.gates.judge.JudgeSimulation.Healthy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The claims of docs/judging.md, with fewer gates than its tables where those take long. */
class JudgeSimulationTest {

  private static final JudgeSimulation FEWER = new JudgeSimulation(300, 200);
  private static final JudgeSimulation DOCUMENTED = JudgeSimulation.asDocumented();

  @BeforeAll
  static void printSeed() {
    System.out.println("simulated with seed " + JudgeSimulation.SEED);
  }

  static List<Healthy> bounded() {
    return JudgeSimulation.healthy().stream().filter(Healthy::bounded).toList();
  }

  @ParameterizedTest
  @MethodSource("bounded")
  void ofGatesWhoseCanaryIsNoWorseThanAllowedAtMostOneInAHundredFails(Healthy healthy) {
    for (int looks : new int[] {10, 20}) {
      var alarms = FEWER.alarms(healthy, looks);
      assertThat(alarms.failed())
          .as("%s, %d looks", healthy.name(), looks)
          .isLessThanOrEqualTo(alarms.gates() / 100);
    }
  }

  @Test
  void moreThanATestAtEveryLookWouldAllow() {
    assertThat(FEWER.naiveFalseAlarms(60)).isGreaterThan(0.03);
  }

  @Test
  void aQuarterMoreIsFoundAtFiftySamplesInAtLeastNineteenOfTwentyGates() {
    var found = DOCUMENTED.detections(broken("samples +25 %, spread 10 %", 50), 50);
    assertThat(found.failedPart()).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void errorsThatAMedianDoesNotSeeAreFound() {
    var samples = broken("samples, errors in half of the looks, baseline has none", 50);
    var counts =
        broken("counts of 100 a look, in bursts: 2 % in half of the looks, baseline has none", 50);
    assertThat(FEWER.detections(samples, 50).failedPart()).isGreaterThanOrEqualTo(0.99);
    assertThat(FEWER.detections(counts, 50).failedPart()).isGreaterThanOrEqualTo(0.99);
  }

  @Test
  void aFifthOfErrorsIsFoundWithinThreeLooks() {
    var found = DOCUMENTED.detections(broken("counts of 100 a look, 20 % against 0.1 %", 20), 20);
    assertThat(found.failedPart()).isEqualTo(1);
    assertThat(found.medianLook()).isLessThanOrEqualTo(3);
  }

  @Test
  void aLeakIsFound() {
    assertThat(FEWER.detections(broken("samples, leak of 2 % a look", 50), 50).failedPart())
        .isEqualTo(1);
  }

  @Test
  void anotherUnitChangesNoVerdict() {
    assertThat(FEWER.verdictsChangedByScale(1e-6)).isZero();
    assertThat(FEWER.verdictsChangedByScale(1e6)).isZero();
  }

  /** Some lines of the document made again: it is out of date if they differ. */
  @Test
  void theDocumentSaysWhatTheProgramPrints() throws IOException {
    var document = Files.readString(Path.of("docs/judging.md"));
    assertThat(document).contains("Seed %d.".formatted(JudgeSimulation.SEED));
    for (var name : List.of("samples +25 %, spread 10 %", "counts of 100 a look, 2 %, limit 1 %")) {
      assertThat(document).contains(DOCUMENTED.row(broken(name, 50), 50));
    }
    var healthy = JudgeSimulation.healthy();
    assertThat(document)
        .contains(DOCUMENTED.row(healthy.getFirst(), 10))
        .contains(DOCUMENTED.row(healthy.getLast(), 20))
        .contains(DOCUMENTED.scaleLine());
  }

  private static Broken broken(String name, int looks) {
    return JudgeSimulation.broken(looks).stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
