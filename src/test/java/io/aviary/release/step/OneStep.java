package io.aviary.release.step;

import java.time.Duration;

/** Runs of one step, for tests of what is around them. */
public final class OneStep {

  private OneStep() {}

  /** What it remembers. */
  public record Nothing() {}

  public static Pipelines pipelines() {
    return pipeline -> Plan.start().first("readSource", "readSource").plan();
  }

  /** The bean {@code readSource}. */
  public static StepBean<Nothing> thatEnds(Outcome<Nothing> outcome) {
    return new StepBean<>() {
      @Override
      public Class<Nothing> dataType() {
        return Nothing.class;
      }

      @Override
      public Outcome<Nothing> advance(StepContext<Nothing> step) {
        return outcome;
      }

      @Override
      public Duration timeout(StepContext<Nothing> step) {
        return Duration.ofMinutes(1);
      }
    };
  }
}
