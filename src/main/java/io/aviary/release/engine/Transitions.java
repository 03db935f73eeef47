package io.aviary.release.engine;

import static io.aviary.release.RunStatus.*;

import io.aviary.release.RunStatus;
import io.aviary.release.StepStatus;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Every change of state that may happen, in one table each; what is not here is a bug and is
 * refused.
 */
final class Transitions {

  static final Map<RunStatus, Set<RunStatus>> OF_RUN =
      Map.of(
          // RUNNING → QUEUED: the commit was read before it was this run's turn.
          QUEUED, EnumSet.of(RUNNING, CANCELLED, SUPERSEDED, FAILED),
          RUNNING,
              EnumSet.of(QUEUED, WAITING, SUCCEEDED, ROLLED_BACK, FAILED, CANCELLED, SUPERSEDED),
          WAITING, EnumSet.of(RUNNING),
          SUCCEEDED, EnumSet.noneOf(RunStatus.class),
          ROLLED_BACK, EnumSet.noneOf(RunStatus.class),
          FAILED, EnumSet.noneOf(RunStatus.class),
          CANCELLED, EnumSet.noneOf(RunStatus.class),
          SUPERSEDED, EnumSet.noneOf(RunStatus.class));

  static final Map<StepStatus, Set<StepStatus>> OF_STEP =
      Map.of(
          StepStatus.PENDING, EnumSet.of(StepStatus.RUNNING, StepStatus.SKIPPED),
          StepStatus.RUNNING,
              EnumSet.of(
                  StepStatus.WAITING,
                  StepStatus.SUCCEEDED,
                  StepStatus.FAILED,
                  StepStatus.SKIPPED,
                  StepStatus.CANCELLED),
          StepStatus.WAITING,
              EnumSet.of(
                  StepStatus.RUNNING,
                  StepStatus.SUCCEEDED,
                  StepStatus.FAILED,
                  StepStatus.SKIPPED,
                  StepStatus.CANCELLED),
          StepStatus.SUCCEEDED, EnumSet.noneOf(StepStatus.class),
          StepStatus.FAILED, EnumSet.noneOf(StepStatus.class),
          StepStatus.SKIPPED, EnumSet.noneOf(StepStatus.class),
          StepStatus.CANCELLED, EnumSet.noneOf(StepStatus.class));

  private Transitions() {}

  static void check(RunStatus from, RunStatus to) {
    if (from != to && !OF_RUN.getOrDefault(from, Set.of()).contains(to)) {
      throw new IllegalStateException("a run cannot go from " + from + " to " + to);
    }
  }

  static void check(StepStatus from, StepStatus to) {
    if (from != to && !OF_STEP.getOrDefault(from, Set.of()).contains(to)) {
      throw new IllegalStateException("a step cannot go from " + from + " to " + to);
    }
  }
}
