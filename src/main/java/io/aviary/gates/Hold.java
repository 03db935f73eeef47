package io.aviary.gates;

import io.aviary.release.step.Outcome;
import java.time.Duration;
import java.time.Instant;

/** The time for which a gate keeps its share at least. */
public final class Hold {

  private Hold() {}

  /**
   * Looks at the clock.
   *
   * @param since when the share was there
   */
  public static Check check(Duration hold, Instant since, Instant now) {
    var end = since.plus(hold);
    return now.isBefore(end)
        ? new Check.Open(
            Outcome.For.TIME, "holds for " + Times.words(hold) + ", until " + Times.words(end), end)
        : new Check.Holds("held for " + Times.words(hold));
  }
}
