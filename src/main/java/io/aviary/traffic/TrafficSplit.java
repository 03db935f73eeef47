package io.aviary.traffic;

/**
 * Gives a canary its share of production's requests, and takes it away. Each call is a look and the
 * action that is missing; repeated until the answer is no longer {@link Progress.Pending}.
 */
public interface TrafficSplit {

  /** Works towards a share. */
  Progress advance(double percent);

  /** Keeps the share that was reached while pods are replaced; cheap when nothing changed. */
  Progress keep(double percent);

  /**
   * Takes the whole share away.
   *
   * @return true: verified, no request reaches the canary by production's way any more
   */
  boolean withdraw();

  /** How far a share is. */
  sealed interface Progress {

    /**
     * The share is there.
     *
     * @param share per cent, as it can be known from the cluster alone
     * @param how in words, e.g. "1 of 10 ready endpoints"
     */
    record Reached(double share, String how) implements Progress {}

    /** Not yet. */
    record Pending(String reason) implements Progress {}

    /** It cannot be had; the reason says what can. */
    record Impossible(String reason) implements Progress {}
  }
}
