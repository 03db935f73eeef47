package io.aviary.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.aviary.gates.FakeMetrics;
import io.aviary.gates.GateLooks.Place;
import io.aviary.gates.GateLooks.Stored;
import io.aviary.gates.judge.Look;
import io.aviary.gates.judge.Reading;
import io.aviary.release.ApplicationView;
import io.aviary.release.Judgements.GateJudgement;
import io.aviary.release.Page;
import io.aviary.release.PipelineName;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.RunFilter;
import io.aviary.release.RunRecord;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.release.StepStatus;
import io.aviary.release.StepView;
import io.aviary.release.Trigger;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.source.DefinitionReader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JudgedAgainTest {

  private static final Instant SINCE = Instant.parse("2026-11-24T09:00:00Z");

  private static final String DEFINITION =
      """
      images: {app: {name: birds}}
      canary:
        manifests: [c.yml]
        gates:
        - name: watch
          traffic: 10
          hold: 5m
          metrics:
          - {name: errors, bad: 'bad{pod=~"$PODS"}', all: 'all{pod=~"$PODS"}', max: 1%}
      production: {manifests: [p.yml]}
      """;

  private final FakeMetrics.Looks looks = new FakeMetrics.Looks();
  private final OneRun runs = new OneRun();
  private final JudgedAgain judgements = new JudgedAgain(runs, looks);

  /** Two of a hundred requests are bad, ten times. */
  private void measured() {
    for (var look = 1; look <= 10; look++) {
      looks.add(
          new Place(7, "watch", "errors"),
          look,
          new Stored(
              new Look(SINCE.plusSeconds(30L * look), new Reading.Counts(20.0, 1000), null), null));
    }
  }

  private static Map<String, Object> gate(String name, String max) {
    return Map.of(
        "name",
        name,
        "hold",
        "5m",
        "metrics",
        List.of(
            Map.of(
                "name",
                "errors",
                "bad",
                "bad{pod=~\"$PODS\"}",
                "all",
                "all{pod=~\"$PODS\"}",
                "max",
                max)));
  }

  private GateJudgement judge(Map<String, Object> gate) {
    return judgements.judge(7, List.of(gate)).getFirst();
  }

  @Test
  void whatFailedFailsAgainAndWouldHavePassedAMoreGenerousLimit() {
    measured();

    var same = judge(gate("watch", "1%"));
    assertThat(same.decision()).isEqualTo("FAIL");
    assertThat(same.was()).isEqualTo(StepStatus.FAILED);
    assertThat(same.at()).isBefore(SINCE.plusSeconds(300));
    assertThat(same.metrics().getFirst().sentence()).contains("clearly above the limit of 1 %");

    var generous = judge(gate("watch", "5%"));
    assertThat(generous.decision()).isEqualTo("PASS");
    assertThat(generous.at()).isEqualTo(SINCE.plusSeconds(300));
    assertThat(generous.metrics().getFirst().verdict()).isEqualTo("pass");
  }

  @Test
  void whatWasNotMeasuredIsSaidAndNotGuessed() {
    measured();

    var other = judge(gate("another", "1%"));

    assertThat(other.decision()).isEqualTo("INCONCLUSIVE");
    assertThat(other.was()).isNull();
    assertThat(other.metrics().getFirst().sentence()).contains("recorded is nothing");
  }

  @Test
  void aGateWithoutMetricsIsNotDecided() {
    assertThat(judge(Map.of("name", "watch", "hold", "1m")).decision()).isNull();
  }

  @Test
  void mistakesAreNamedAsThoseOfAviaryYml() {
    assertThatExceptionOfType(ReleaseRefusedException.class)
        .isThrownBy(() -> judge(Map.of("nmae", "watch", "traffic", "lots")))
        .withMessageContaining("request: gates[0].nmae: is not known; did you mean 'name'?")
        .withMessageContaining(
            "request: gates[0].traffic: must be a number, but is the text 'lots'");
  }

  @Test
  void withoutARunOrItsDefinitionThereIsNothingToJudge() {
    assertThatExceptionOfType(ReleaseRefusedException.class)
        .isThrownBy(() -> judgements.judge(8, List.of(gate("watch", "1%"))))
        .withMessage("there is no run 8");
    runs.definition = null;
    assertThatExceptionOfType(ReleaseRefusedException.class)
        .isThrownBy(() -> judge(gate("watch", "1%")))
        .withMessage("run 7 has not read its commit, so it has measured nothing");
  }

  /** Run 7, whose gate failed. */
  private static final class OneRun implements Runs {
    private @Nullable ReleaseDefinition definition =
        ((DefinitionReader.Read) DefinitionReader.read("aviary.yml", DEFINITION)).definition();

    @Override
    public Optional<ReleaseDefinition> definition(long id) {
      return Optional.ofNullable(definition);
    }

    @Override
    public Optional<RunView> find(long id) {
      if (id != 7) {
        return Optional.empty();
      }
      var step =
          new StepView(
              "watch",
              StepStatus.FAILED,
              null,
              null,
              null,
              1,
              Map.of(),
              "gate",
              "watch",
              false,
              null,
              null);
      return Optional.of(
          new RunView(
              7,
              "birds",
              PipelineName.CANARY,
              RunStatus.ROLLED_BACK,
              null,
              null,
              "0123456789abcdef0123456789abcdef01234567",
              "0123456",
              "master",
              null,
              null,
              Trigger.PUSH,
              null,
              SINCE,
              null,
              null,
              null,
              null,
              null,
              false,
              List.of(step)));
    }

    @Override
    public Page<RunView> search(RunFilter filter, int page, int size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<RunRecord> records(long run, long after) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String version() {
      throw new UnsupportedOperationException();
    }

    @Override
    public long newestRecord(long run) {
      return 0;
    }

    @Override
    public Optional<LogPart> log(long run, String step, long offset, int limit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<LogLines> logLines(long run, String step, long first, int limit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Long> findLine(long run, String step, String text, long from) {
      return Optional.empty();
    }

    @Override
    public Optional<ApplicationView> application(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<ApplicationView> applications() {
      throw new UnsupportedOperationException();
    }
  }
}
