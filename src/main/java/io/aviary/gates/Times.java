package io.aviary.gates;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How times are put in reasons: the same for everybody who reads them. */
final class Times {

  private Times() {}

  /** {@code 1h30m}, as {@code aviary.yml} has it. */
  static String words(Duration duration) {
    return duration.isZero()
        ? "0s"
        : duration
            .truncatedTo(ChronoUnit.SECONDS)
            .toString()
            .replaceFirst("^PT", "")
            .toLowerCase(Locale.ROOT);
  }

  /** UTC to the second. */
  static String words(Instant moment) {
    return moment.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
