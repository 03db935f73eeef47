package io.aviary.release;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How much work there is, of all servers that share the database. Safe for use by many threads. */
public interface Workload {

  /** One short query over the runs that are not final. */
  Snapshot now();

  /**
   * The work at one moment.
   *
   * @param open how many runs are in each state that is not final
   * @param oldestQueued how long the run has been queued that was queued first; null: none is
   * @param stuck runs that nobody works on though they have been due for a minute, or that nothing
   *     will ever wake
   * @param leased runs that a server works on at this moment
   */
  record Snapshot(
      Map<RunStatus, Long> open, @Nullable Duration oldestQueued, long stuck, long leased) {

    public Snapshot {
      open = Map.copyOf(open);
    }

    public long open(RunStatus status) {
      return open.getOrDefault(status, 0L);
    }
  }
}
