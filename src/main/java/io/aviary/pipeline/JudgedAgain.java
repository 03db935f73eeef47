package io.aviary.pipeline;

import io.aviary.gates.GateLooks;
import io.aviary.gates.GateLooks.Place;
import io.aviary.gates.GateLooks.Stored;
import io.aviary.gates.judge.Replay;
import io.aviary.gates.judge.Replay.Recording;
import io.aviary.gates.judge.Verdict;
import io.aviary.release.Judgements;
import io.aviary.release.PipelineName;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.release.StepView;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.ReleaseDefinition;
import io.aviary.source.DefinitionReader;
import io.aviary.source.Mistake;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Judges recorded looks by the same code as the gates themselves. */
@Component
class JudgedAgain implements Judgements {

  private final Runs runs;
  private final GateLooks looks;

  JudgedAgain(Runs runs, GateLooks looks) {
    this.runs = runs;
    this.looks = looks;
  }

  @Override
  public List<GateJudgement> judge(long id, List<?> gates) {
    var run = runs.find(id).orElseThrow(() -> ReleaseRefusedException.unknownRun(id));
    if (run.pipeline() != PipelineName.CANARY) {
      throw ReleaseRefusedException.conflict(
          "run " + id + " is a production run; gates are in its canary run " + run.parent());
    }
    var definition =
        runs.definition(id)
            .orElseThrow(
                () ->
                    ReleaseRefusedException.conflict(
                        "run " + id + " has not read its commit, so it has measured nothing"));
    var read = DefinitionReader.gates(gates, definition);
    if (!read.mistakes().isEmpty()) {
      throw new ReleaseRefusedException(
          ReleaseRefusedException.Kind.UNPROCESSABLE,
          read.mistakes().stream().map(Mistake::toString).collect(Collectors.joining("; ")));
    }
    return read.gates().stream().map(gate -> judge(run, definition, gate)).toList();
  }

  private GateJudgement judge(RunView run, ReleaseDefinition definition, GateDefinition gate) {
    var was =
        run.steps().stream()
            .filter(step -> step.name().equals(gate.name()))
            .findFirst()
            .map(StepView::status)
            .orElse(null);
    if (gate.metrics().isEmpty()) {
      return new GateJudgement(gate.name(), null, null, was, List.of());
    }
    var result = Replay.of(gate, recordings(run, definition, gate.name()));
    return new GateJudgement(
        gate.name(),
        result.decision().name(),
        result.at(),
        was,
        result.verdicts().stream().map(JudgedAgain::metric).toList());
  }

  private List<Recording> recordings(RunView run, ReleaseDefinition definition, String gate) {
    return definition.canary().gates().stream()
        .filter(one -> one.name().equals(gate))
        .flatMap(one -> one.metrics().stream())
        .map(
            metric ->
                new Recording(
                    metric,
                    looks.of(new Place(run.id(), gate, metric.name())).stream()
                        .map(Stored::look)
                        .toList()))
        .toList();
  }

  private static MetricJudgement metric(Verdict verdict) {
    return new MetricJudgement(verdict.evidence().metric(), verdict.word(), verdict.sentence());
  }
}
