package io.aviary.release;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Something that happened to a run. Records are only ever added.
 *
 * @param id grows over all runs, so that a reader can go on from the last one it saw
 * @param step null: the run as a whole
 * @param status the state that run or step went to; null where the state did not change
 */
public record RunRecord(
    long id,
    long run,
    Instant at,
    @Nullable String step,
    Kind kind,
    @Nullable String status,
    @Nullable String text,
    @Nullable JsonNode evidence) {

  /** What sort of thing happened. */
  public enum Kind {
    /** The run changed its state. */
    RUN,
    /** A step changed its state, or what it waits for. */
    STEP,
    /** A decision, measurement or observation. */
    NOTE,
    /** A person did something. */
    PERSON
  }
}
