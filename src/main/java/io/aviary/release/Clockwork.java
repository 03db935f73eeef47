package io.aviary.release;

import java.time.Instant;

/** Whether the engine's clockwork still turns. */
public interface Clockwork {

  boolean isRunning();

  /** When it last asked the database which runs are due, whatever came of it; every second. */
  Instant lastPoll();
}
