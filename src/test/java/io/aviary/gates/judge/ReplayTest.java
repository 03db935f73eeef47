package io.aviary.gates.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.gates.judge.Replay.Recording;
import io.aviary.gates.judge.Replay.Result.Decision;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayTest {

  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
  private static final Metrics ERRORS = Metrics.ofCounts().compareWithBaseline();

  private static Recording recorded(Looks looks) {
    return new Recording(ERRORS.max(0.01).named("errors"), looks.list());
  }

  @Test
  void theSameDefinitionDecidesTheSame() {
    var recording = recorded(Looks.none().counts(20, 0, 100, 0, 100));
    var result = Replay.of(PlanTest.gate(TEN_MINUTES, recording.metric()), List.of(recording));
    assertThat(result.decision()).isEqualTo(Decision.PASS);
    assertThat(result.at()).isEqualTo(Looks.START.plus(TEN_MINUTES));
    assertThat(result.verdicts()).singleElement().isInstanceOf(Verdict.Pass.class);
  }

  @Test
  void aStricterLimitFailsAndSaysWhen() {
    var recording = recorded(Looks.none().counts(10, 0, 100, 0, 100).counts(10, 1, 100, 1, 100));
    var strict = ERRORS.max(0.0001).named("errors");
    var result = Replay.of(PlanTest.gate(TEN_MINUTES, strict), List.of(recording));
    assertThat(result.decision()).isEqualTo(Decision.FAIL);
    assertThat(result.at())
        .isBetween(Looks.START.plusSeconds(11 * 30), Looks.START.plusSeconds(16 * 30));
  }

  @Test
  void aShorterHoldPassesWhatFailedLater() {
    var recording = recorded(Looks.none().counts(12, 0, 100, 0, 100).counts(8, 30, 100, 0, 100));
    var metric = recording.metric();
    assertThat(Replay.of(PlanTest.gate(TEN_MINUTES, metric), List.of(recording)).decision())
        .isEqualTo(Decision.FAIL);
    var result = Replay.of(PlanTest.gate(Duration.ofMinutes(5), metric), List.of(recording));
    assertThat(result.decision()).isEqualTo(Decision.PASS);
    assertThat(result.at()).isEqualTo(Looks.START.plus(Duration.ofMinutes(5)));
  }

  @Test
  void aLongerHoldThanWasRecordedDecidesNothing() {
    var recording = recorded(Looks.none().counts(20, 0, 100, 0, 100));
    var result =
        Replay.of(PlanTest.gate(Duration.ofHours(1), recording.metric()), List.of(recording));
    assertThat(result.decision()).isEqualTo(Decision.INCONCLUSIVE);
    assertThat(result.at()).isNull();
    assertThat(result.verdicts()).singleElement().isInstanceOf(Verdict.Undecided.class);
  }

  @Test
  void aMetricMayBeJudgedWithoutItsComparison() {
    var recording = recorded(Looks.none().counts(20, 0, 100, 0, 100));
    var alone = Metrics.ofCounts().max(0.01).named("other name");
    assertThat(Replay.of(PlanTest.gate(TEN_MINUTES, alone), List.of(recording)).decision())
        .isEqualTo(Decision.PASS);
  }

  @Test
  void whatWasNotMeasuredCannotBeJudged() {
    var recording = recorded(Looks.none().counts(20, 0, 100, 0, 100));
    var latency = Metrics.ofSamples().max(0.5).named("p99");
    var result =
        Replay.of(PlanTest.gate(TEN_MINUTES, recording.metric(), latency), List.of(recording));
    assertThat(result.decision()).isEqualTo(Decision.INCONCLUSIVE);
    assertThat(result.verdicts().getLast()).isInstanceOf(Verdict.Inconclusive.class);
    assertThat(result.verdicts().getLast().sentence())
        .isEqualTo(
            "p99: these queries were not measured every 30 s then, so nothing can be said; recorded"
                + " is errors every 30 s");
  }

  @Test
  void allMustPassAtTheSameTime() {
    var errors = recorded(Looks.none().counts(40, 0, 100, 0, 100));
    var late =
        new Recording(
            Metrics.ofSamples().max(0.5).named("p99"),
            Looks.none()
                .add(25, new Reading.NoData(), null)
                .add(15, Reading.Values.of(0.1), null)
                .list());
    var result =
        Replay.of(
            PlanTest.gate(TEN_MINUTES, errors.metric(), late.metric()), List.of(errors, late));
    assertThat(result.decision()).isEqualTo(Decision.PASS);
    assertThat(result.at()).isEqualTo(Looks.START.plusSeconds(35 * 30));
  }
}
