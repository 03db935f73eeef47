package io.aviary.release;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges again what a run's gates measured, by another definition of the gates. Changes nothing.
 * Safe for use by many threads.
 */
public interface Judgements {

  /**
   * What would have happened.
   *
   * @param gates as {@code canary.gates} of {@code aviary.yml} has them, in the form of parsed
   *     JSON; measurements are found by the names of gates and by what a metric asks
   * @return one for each gate of this definition, in its order
   * @throws ReleaseRefusedException if there is no such run, it has read no definition, or the
   *     gates have mistakes, which the message names
   */
  List<GateJudgement> judge(long run, List<?> gates);

  /**
   * One gate.
   *
   * @param decision by its metrics alone: {@code PASS}, {@code FAIL} or {@code INCONCLUSIVE}; null:
   *     it has no metrics
   * @param at when it would have been decided; null: not with what was recorded
   * @param was what became of the gate of that name; null: the run had none
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record GateJudgement(
      String gate,
      @Nullable String decision,
      @Nullable Instant at,
      @Nullable StepStatus was,
      List<MetricJudgement> metrics) {
    public GateJudgement {
      metrics = List.copyOf(metrics);
    }
  }

  /**
   * One metric.
   *
   * @param verdict {@code pass}, {@code fail}, {@code inconclusive} or {@code undecided}
   * @param sentence for people, with the numbers
   */
  record MetricJudgement(String metric, String verdict, String sentence) {}
}
