package io.aviary.web.ui;

import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.StepStatus;
import io.aviary.release.StepView;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run in a list.
 *
 * @param outcome how long it took, or what it waits for; empty while it runs
 * @param runningSince null: it does not run
 */
record RunRow(
    RunView run, State state, List<Phase> phases, String outcome, @Nullable Instant runningSince) {

  static RunRow of(RunView run, Words words) {
    var started = run.startedAt();
    var runs = run.status() == RunStatus.RUNNING && started != null;
    return new RunRow(
        run, State.of(run), Phase.of(run, words), outcome(run, words), runs ? started : null);
  }

  private static String outcome(RunView run, Words words) {
    var started = run.startedAt();
    if (run.status() == RunStatus.WAITING) {
      return run.steps().stream()
          .filter(step -> step.status() == StepStatus.WAITING)
          .map(StepView::reason)
          .filter(java.util.Objects::nonNull)
          .findFirst()
          .orElse("waits");
    }
    if (run.status() == RunStatus.QUEUED) {
      return run.reason() == null ? "" : run.reason();
    }
    return started == null ? "" : words.took(started, run.finishedAt());
  }

  /** For who cannot see the track. */
  public String progress() {
    var done = phases.stream().filter(phase -> phase.style().equals("done")).count();
    return done + " of " + phases.size() + " phases done";
  }
}
