package io.aviary.web.api;

import io.aviary.release.Judgements;
import io.aviary.release.Judgements.GateJudgement;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Runs;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** To try another definition of gates on what was measured. */
@RestController
@RequestMapping("/api/runs")
class JudgeApi {

  private final Runs runs;
  private final Judgements judgements;

  JudgeApi(Runs runs, Judgements judgements) {
    this.runs = runs;
    this.judgements = judgements;
  }

  /**
   * Another definition.
   *
   * @param gates as {@code canary.gates} of {@code aviary.yml}
   */
  record Judge(@NotEmpty @Size(max = 100) List<@NotNull Map<String, Object>> gates) {}

  /** What came of it, one for each gate. */
  record Judged(List<GateJudgement> gates) {}

  @PostMapping("/{id}/judge")
  @Needs(Right.READ)
  @Operation(
      summary = "Judge recorded measurements by other gates",
      description =
          "What these gates (as canary.gates of aviary.yml has them) would have decided on what the"
              + " run's gates of the same names measured. Nothing is changed. Mistakes are"
              + " answered with 422 and their places.")
  Judged judge(@PathVariable long id, @Valid @RequestBody Judge body, Caller caller) {
    var run = runs.find(id).orElseThrow(() -> ReleaseRefusedException.unknownRun(id));
    caller.demand(Right.READ, run.application());
    return new Judged(judgements.judge(id, body.gates()));
  }
}
