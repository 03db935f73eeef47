package io.aviary.web.ui;

import io.aviary.release.PipelineName;
import io.aviary.release.RunView;
import io.aviary.release.StepStatus;
import io.aviary.release.StepView;
import io.aviary.web.security.Right;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Something that a person may do about a run now; asked once before it is done.
 *
 * @param path last part of the address that it posts to
 * @param gate what it is about; null: the run
 * @param needsComment it is refused without
 */
record RunAction(
    String path,
    String label,
    String question,
    String consequence,
    String style,
    @Nullable String gate,
    boolean needsComment) {

  /** In the order of the buttons. */
  static List<RunAction> of(RunView run, Predicate<Right> may) {
    var all = new ArrayList<RunAction>();
    if (run.status().isFinal()) {
      retry(run).filter(_ -> may.test(Right.RETRY)).ifPresent(all::add);
      return all;
    }
    if (run.ending() != null) {
      return all;
    }
    if (may.test(Right.APPROVE)) {
      run.steps().stream()
          .filter(step -> "PERSON".equals(step.awaits()))
          .findFirst()
          .ifPresent(step -> decide(run, step, all));
    }
    if (may.test(Right.PROMOTE) && isPromotable(run)) {
      all.add(
          new RunAction(
              "promote",
              "Promote now",
              "Promote without the gates that are left?",
              "Production rolls over to the canary's images now. It is recorded who skipped the gates and why.",
              "",
              null,
              true));
    }
    if (may.test(Right.PAUSE)) {
      all.add(run.paused() ? RESUME : PAUSE);
    }
    if (may.test(Right.CANCEL)) {
      all.add(CANCEL);
    }
    return all;
  }

  private static final RunAction PAUSE =
      new RunAction(
          "pause",
          "Pause",
          "Pause this run?",
          "What is under way goes on, and no further step begins.",
          "",
          null,
          false);

  private static final RunAction RESUME =
      new RunAction(
          "resume",
          "Go on",
          "Go on with this run?",
          "The next step begins.",
          "primary",
          null,
          false);

  private static final RunAction CANCEL =
      new RunAction(
          "cancel",
          "Cancel",
          "Cancel this run?",
          "What it has deployed is undone first; production stays as it is.",
          "danger",
          null,
          false);

  private static void decide(RunView run, StepView gate, List<RunAction> all) {
    var what = run.shortRevision() + " at gate " + gate.name();
    all.add(
        new RunAction(
            "approve",
            "Approve",
            "Approve " + what + "?",
            "The gate is passed once enough people have agreed.",
            "primary",
            gate.name(),
            false));
    all.add(
        new RunAction(
            "reject",
            "Reject",
            "Reject " + what + "?",
            "The gate fails, and the canary is rolled back.",
            "danger",
            gate.name(),
            false));
  }

  private static boolean isPromotable(RunView run) {
    var gates = run.steps().stream().filter(step -> step.kind().equals("gate")).toList();
    return run.pipeline() == PipelineName.CANARY
        && gates.stream().anyMatch(gate -> gate.startedAt() != null)
        && gates.stream().anyMatch(gate -> !gate.status().isFinal());
  }

  private static Optional<RunAction> retry(RunView run) {
    var undo =
        run.steps().stream().anyMatch(step -> step.undo() && step.status() == StepStatus.FAILED);
    return switch (run.status()) {
      case ROLLED_BACK, FAILED, CANCELLED ->
          Optional.of(
              undo
                  ? new RunAction(
                      "retry",
                      "Undo again",
                      "Undo again?",
                      "A new run removes what this one left in the cluster, and does nothing else.",
                      "primary",
                      null,
                      false)
                  : new RunAction(
                      "retry",
                      "Retry",
                      "Retry this run?",
                      "A new run of the same commit starts; images that are still what this run built are not built again.",
                      "primary",
                      null,
                      false));
      case SUCCEEDED, SUPERSEDED, QUEUED, RUNNING, WAITING -> Optional.empty();
    };
  }
}
