package io.aviary.release.step;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a run in the order in which they are shown. A step starts when what it needs has
 * passed; a rollback branch runs only if the run ends otherwise than by success.
 */
public record Plan(List<PlannedStep> steps) {

  /**
   * Recorded with each run, for its plan and for what its steps remember. Grows when a server of
   * the version before could no longer go on with a run that this one planned; each server goes on
   * with those of all versions before its own.
   */
  public static final int VERSION = 1;

  public Plan {
    steps = List.copyOf(steps);
  }

  /**
   * One step to come.
   *
   * @param kind name of the {@link StepBean}
   * @param subject what the step is about, see {@link StepContext#subject()}
   * @param needs names of steps that must have succeeded or been skipped
   * @param beforeTurn changes nothing outside, so that it need not wait for the application's turn
   * @param undo a rollback branch
   * @param opens of a branch: usable once this step has begun; null: from the start
   * @param closes of a branch: no longer usable once this step has succeeded
   */
  public record PlannedStep(
      String name,
      String kind,
      String subject,
      List<String> needs,
      boolean beforeTurn,
      boolean undo,
      @Nullable String opens,
      @Nullable String closes) {
    public PlannedStep {
      needs = List.copyOf(needs);
    }
  }

  public static Builder start() {
    return new Builder();
  }

  /** Writes a plan down so that it reads as a list. Not for use by many threads. */
  public static final class Builder {
    private final List<PlannedStep> steps = new ArrayList<>();

    private Builder() {}

    /** A step that runs while another run of the application may still have its turn. */
    public Builder first(String name, String kind) {
      steps.add(new PlannedStep(name, kind, "", List.of(), true, false, null, null));
      return this;
    }

    public Builder then(String name, String kind, String subject, List<String> needs) {
      steps.add(new PlannedStep(name, kind, subject, needs, false, false, null, null));
      return this;
    }

    /** A rollback branch behind the step before it. */
    public Builder orElse(String name, String kind, @Nullable String opens, String closes) {
      steps.add(new PlannedStep(name, kind, "", List.of(), false, true, opens, closes));
      return this;
    }

    public Plan plan() {
      return new Plan(steps);
    }
  }
}
