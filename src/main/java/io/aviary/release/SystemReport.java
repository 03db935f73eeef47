package io.aviary.release;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the server and what it depends on are, for people. Nothing here waits for a network. Safe for
 * use by many threads.
 */
public interface SystemReport {

  /** What was found last; what is older than half a minute is looked at again meanwhile. */
  Health health();

  /** Who works on which run, and which run has its application's turn. */
  List<Lease> leases();

  /** Names and versions of what runs here. */
  List<Version> versions();

  /**
   * What was found.
   *
   * @param at when it was looked at; null: not since the server started
   * @param took milliseconds
   */
  record Health(@Nullable Instant at, long took, List<ConnectionCheck.Finding> findings) {
    public Health {
      findings = List.copyOf(findings);
    }
  }

  /**
   * A run that is not final and is worked on, or has a turn.
   *
   * @param owner the server that works on it; null: none does at this moment
   * @param until the lease's end; null likewise
   * @param turn whether it is the one that may change its application's cluster
   */
  record Lease(
      long run,
      String application,
      RunStatus status,
      @Nullable String owner,
      @Nullable Instant until,
      @Nullable Instant wakeAt,
      boolean turn) {}

  /** E.g. {@code Aviary 1.0}. */
  record Version(String name, String version) {}
}
