package io.aviary.notify;

import io.aviary.release.RunStatus;
import java.util.Arrays;
import java.util.Optional;

/** What somebody may want to be told of. */
enum Occasion {
  SUCCEEDED,
  ROLLED_BACK,
  FAILED,
  CANCELLED,
  SUPERSEDED,
  /** A gate asks people: for its approval, or for a verdict that its metrics did not give. */
  APPROVAL;

  static Optional<Occasion> of(RunStatus status) {
    return Arrays.stream(values()).filter(it -> it.name().equals(status.name())).findFirst();
  }
}
