package io.aviary.house;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Tests of what not every machine has. */
public final class LeftOut {

  private LeftOut() {}

  /**
   * What a test needs. Where it is not there the test is left out, and says so; in CI nothing may
   * be left out.
   *
   * @param what is left out, and for want of what
   * @param inCi what must be there in CI
   */
  public static <T> T unless(Optional<T> there, String what, String inCi) {
    if (there.isEmpty() && System.getenv("CI") != null) {
      throw new IllegalStateException(inCi);
    }
    if (there.isEmpty()) {
      var leftOut = "LEFT OUT: " + what + "; see docs/testing.md";
      System.out.println(leftOut);
      Assumptions.abort(leftOut);
    }
    return there.get();
  }
}
