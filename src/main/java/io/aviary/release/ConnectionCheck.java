package io.aviary.release;

import java.util.List;

/**
 * Tests something that the server depends on, for {@code --check}: one bean a subject. Reads only.
 * It is called before anything has been started.
 */
public interface ConnectionCheck {

  /** Bounded in time; what fails is a finding and no exception. */
  List<Finding> check();

  /**
   * What was found.
   *
   * @param subject what was tested, e.g. {@code cluster of ornithology}
   * @param detail what is there, or what is wrong and what to do about it
   */
  record Finding(String subject, Verdict verdict, String detail) {
    public static Finding good(String subject, String detail) {
      return new Finding(subject, Verdict.GOOD, detail);
    }

    public static Finding bad(String subject, String detail) {
      return new Finding(subject, Verdict.BAD, detail);
    }

    public static Finding unused(String subject, String detail) {
      return new Finding(subject, Verdict.UNUSED, detail);
    }
  }

  /** The word. */
  enum Verdict {
    GOOD,
    BAD,
    /** Nothing to test: it is not configured. */
    UNUSED
  }
}
