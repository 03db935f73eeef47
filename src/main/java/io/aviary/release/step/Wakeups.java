package io.aviary.release.step;

/**
 * How an event from outside reaches a run. Safe for use by many threads; never blocks for longer
 * than a database write.
 */
public interface Wakeups {

  /**
   * Something happened that this run may wait for; nothing happens if the run is final or unknown.
   */
  void wake(long run);

  /**
   * As {@link #wake(long)}, for what came in at a moment that is measured from.
   *
   * @param since when it was received, by {@link System#nanoTime}
   */
  default void wake(long run, long since) {
    wake(run);
  }
}
