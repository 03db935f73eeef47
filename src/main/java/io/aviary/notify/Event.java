package io.aviary.notify;

import io.aviary.release.RunView;
import io.aviary.release.StepStatus;
import io.aviary.release.StepView;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Something that may be told of a run.
 *
 * @param key the same whenever the same run is looked at: by it each is told once
 * @param gate that asks; null: it is the run's outcome
 */
record Event(Occasion occasion, String key, Instant at, @Nullable StepView gate) {

  /** What there is to tell of a run as it is now. */
  static List<Event> of(RunView run) {
    if (run.status().isFinal()) {
      var at = Objects.requireNonNullElse(run.finishedAt(), run.createdAt());
      return Occasion.of(run.status()).stream()
          .map(outcome -> new Event(outcome, outcome.name(), at, null))
          .toList();
    }
    return run.steps().stream().flatMap(Event::asked).toList();
  }

  private static Stream<Event> asked(StepView step) {
    return step.status() == StepStatus.WAITING
            && step.outputs().get("awaiting") instanceof String
            && step.outputs().get("awaitingSince") instanceof String since
        ? Stream.of(
            new Event(
                Occasion.APPROVAL,
                Occasion.APPROVAL + " " + step.name() + " " + since,
                Instant.parse(since),
                step))
        : Stream.of();
  }
}
