package io.aviary.release;

/**
 * What was asked for cannot be done now; the message is for the person who asked. Nothing was
 * changed.
 */
public class ReleaseRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final Kind kind;

  /** Why it was refused. */
  public enum Kind {
    /** There is no such run or application. */
    UNKNOWN,
    /** The run's state does not allow it. */
    CONFLICT,
    /** What was asked for makes no sense, such as a revision that the branch does not contain. */
    UNPROCESSABLE
  }

  public ReleaseRefusedException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  public static ReleaseRefusedException unknownRun(long run) {
    return new ReleaseRefusedException(Kind.UNKNOWN, "there is no run " + run);
  }

  public static ReleaseRefusedException unknownApplication(String application) {
    return new ReleaseRefusedException(
        Kind.UNKNOWN, "no application '" + application + "' is configured");
  }

  public static ReleaseRefusedException conflict(String message) {
    return new ReleaseRefusedException(Kind.CONFLICT, message);
  }
}
