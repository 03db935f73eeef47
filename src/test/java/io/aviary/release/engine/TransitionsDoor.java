package io.aviary.release.engine;

import io.aviary.release.RunStatus;
import io.aviary.release.StepStatus;
import java.util.List;
import java.util.Set;

/** For tests elsewhere: the tables of what may follow what. */
public final class TransitionsDoor {

  private TransitionsDoor() {}

  /**
   * Whether these follow each other.
   *
   * @param history of a run ({@code run}), or of a step, then its states in order as they were
   *     recorded; the state may stay
   */
  public static boolean areAllowed(List<String> history) {
    for (var i = 2; i < history.size(); i++) {
      var before = history.get(i - 1);
      var after = history.get(i);
      var allowed =
          before.equals(after)
              || (history.getFirst().equals("run")
                  ? Transitions.OF_RUN
                      .getOrDefault(RunStatus.valueOf(before), Set.of())
                      .contains(RunStatus.valueOf(after))
                  : Transitions.OF_STEP
                      .getOrDefault(StepStatus.valueOf(before), Set.of())
                      .contains(StepStatus.valueOf(after)));
      if (!allowed) {
        return false;
      }
    }
    return true;
  }
}
