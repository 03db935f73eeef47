package io.aviary.release.step;

/** Another server owns the run by now; nothing more may be done for it here. */
public class LeaseLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LeaseLostException(long run, long fence) {
    super("run " + run + " has another owner than the one with fencing token " + fence);
  }
}
