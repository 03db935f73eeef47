package io.aviary.release.engine;

import io.aviary.release.RunStatus;
import io.aviary.release.StepStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done for a run, decided from its rows alone: no clock but the one given, no
 * database, no cluster.
 *
 * <p>This is the whole of the engine's judgement; everything else carries it out.
 */
sealed interface Work {

  /** Call these steps; those that are PENDING begin. */
  record Call(List<Step> steps) implements Work {}

  /** Stop these steps, because the run ends under them. */
  record Stop(List<Step> steps) implements Work {}

  /** Ask for the application's turn. */
  record AskTurn() implements Work {}

  /** The run is final. */
  record Conclude(RunStatus as, @Nullable String why) implements Work {}

  /** Nothing before something happens. */
  record Nothing() implements Work {}

  /**
   * Decides.
   *
   * @param called steps that were called already and have nothing new to look at
   */
  static Work of(Run run, Instant now, Set<String> called) {
    return run.ending == null ? forward(run, now, called) : undo(run, now, called, run.ending);
  }

  private static Work forward(Run run, Instant now, Set<String> called) {
    var steps = run.steps.stream().filter(step -> !step.undo).toList();
    if (steps.stream().allMatch(Step::hasPassed)) {
      return new Conclude(RunStatus.SUCCEEDED, null);
    }
    var ready =
        steps.stream()
            .filter(step -> step.status.isUnderWay() || mayBegin(run, step))
            .filter(step -> !called.contains(step.name) && isRested(step, now))
            .toList();
    var allowed =
        ready.stream()
            .filter(
                step -> step.beforeTurn || step.status.isUnderWay() || run.turn == Run.Turn.HELD)
            .toList();
    if (!allowed.isEmpty()) {
      return new Call(allowed);
    }
    return ready.isEmpty() ? new Nothing() : new AskTurn();
  }

  private static boolean mayBegin(Run run, Step step) {
    return step.status == StepStatus.PENDING
        && !run.paused
        && step.needs.stream().allMatch(run::hasPassed);
  }

  /** How a call to stop a step is told from the call of the step itself. */
  static String stopOf(Step step) {
    return "stop " + step.name;
  }

  private static boolean isRested(Step step, Instant now) {
    return step.notBefore == null || !step.notBefore.isAfter(now);
  }

  private static Work undo(Run run, Instant now, Set<String> called, RunStatus ending) {
    var underWay =
        run.steps.stream().filter(step -> !step.undo && step.status.isUnderWay()).toList();
    if (!underWay.isEmpty()) {
      var due =
          underWay.stream()
              .filter(step -> !called.contains(stopOf(step)) && isRested(step, now))
              .toList();
      return due.isEmpty() ? new Nothing() : new Stop(due);
    }
    var failedUndo =
        run.steps.stream()
            .filter(step -> step.undo && step.status == StepStatus.FAILED)
            .findFirst();
    if (failedUndo.isPresent()) {
      return new Conclude(
          RunStatus.FAILED, run.reason + "; and the undo failed: " + failedUndo.get().reason);
    }
    var undone =
        run.steps.stream().anyMatch(step -> step.undo && step.status == StepStatus.SUCCEEDED);
    // Who never had its turn has changed nothing.
    var changedNothing = run.turn != Run.Turn.HELD && !run.undoesForAnother();
    Optional<Step> branch = undone || changedNothing ? Optional.empty() : run.branch();
    if (branch.isPresent()) {
      var step = branch.get();
      if (run.turn != Run.Turn.HELD) {
        return new AskTurn();
      }
      return called.contains(step.name) || !isRested(step, now)
          ? new Nothing()
          : new Call(List.of(step));
    }
    if (ending == RunStatus.ROLLED_BACK && !undone) {
      return new Conclude(RunStatus.FAILED, run.reason);
    }
    return new Conclude(ending, run.reason);
  }
}
