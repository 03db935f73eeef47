package io.aviary.release.step;

import java.time.Instant;

/** Another server owns the run by now, or may; nothing more may be done for it here. */
public class LeaseLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LeaseLostException(long run, long fence) {
    this("run " + run + " has another owner than the one with fencing token " + fence);
  }

  private LeaseLostException(String message) {
    super(message);
  }

  /** This server stood still for so long that a sibling may have taken the run over. */
  static LeaseLostException ranOut(long run, Instant until) {
    return new LeaseLostException(
        "run "
            + run
            + " was this server's until "
            + until
            + ", and may have another owner by now: what was about to be changed is left alone");
  }
}
