package io.aviary.traffic;

/**
 * Gives a canary its share of production's requests, and takes it away. Each call is a look and the
 * action that is missing; repeated until the answer is no longer {@link Progress.Pending}.
 */
public interface TrafficSplit {

  /**
   * Works towards a share, larger or smaller than the present one. Starts canary pods where it
   * needs more, and never removes any.
   *
   * @param percent above 0, at most 100
   */
  Progress advance(double percent);

  /**
   * Keeps the share that was reached while pods are replaced and production's become more or fewer;
   * cheap when nothing changed. {@link Progress.Pending}: it is not what it should be just now, and
   * being put right.
   *
   * @param percent as it was given to {@link #advance}
   */
  Progress keep(double percent);

  /**
   * Asks the cluster already for what {@link #keep} is going to read; nothing where it need not.
   */
  default void ahead() {}

  /**
   * Takes the whole share away, and all that was written for it, from whatever state things are in;
   * only then the canary may be deleted.
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

    /** Not with the pods that are ready now, whose number may be about to change. */
    record OutOfReach(String reason) implements Progress {}

    /** It cannot be had; the reason says what can. */
    record Impossible(String reason) implements Progress {}
  }
}
