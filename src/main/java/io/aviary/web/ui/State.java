package io.aviary.web.ui;

import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.StepStatus;
import io.aviary.release.StepView;

/**
 * How a state looks: never by its colour alone.
 *
 * @param style also the icon's name
 */
record State(String word, String style) {

  static State of(RunView run) {
    return run.ending() == null || run.status().isFinal()
        ? of(run.status())
        : new State(onTheWayTo(run.ending()), "undoing");
  }

  static State of(RunStatus status) {
    return switch (status) {
      case QUEUED -> new State("Queued", "queued");
      case RUNNING -> new State("Running", "running");
      case WAITING -> new State("Waiting", "waiting");
      case SUCCEEDED -> new State("Succeeded", "succeeded");
      case ROLLED_BACK -> new State("Rolled back", "rolled-back");
      case FAILED -> new State("Failed", "failed");
      case CANCELLED -> new State("Cancelled", "cancelled");
      case SUPERSEDED -> new State("Superseded", "superseded");
    };
  }

  private static String onTheWayTo(RunStatus ending) {
    return switch (ending) {
      case ROLLED_BACK -> "Rolling back";
      case CANCELLED -> "Cancelling";
      case SUPERSEDED -> "Making room";
      case FAILED -> "Failing";
      case SUCCEEDED -> "Finishing";
      case QUEUED, RUNNING, WAITING -> "Ending";
    };
  }

  static State of(StepView step) {
    return of(step.status());
  }

  static State of(StepStatus status) {
    return switch (status) {
      case PENDING -> new State("To come", "pending");
      case RUNNING -> new State("Running", "running");
      case WAITING -> new State("Waiting", "waiting");
      case SUCCEEDED -> new State("Succeeded", "succeeded");
      case FAILED -> new State("Failed", "failed");
      case SKIPPED -> new State("Skipped", "skipped");
      case CANCELLED -> new State("Stopped", "cancelled");
    };
  }
}
