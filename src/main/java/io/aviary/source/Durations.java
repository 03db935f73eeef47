package io.aviary.source;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as {@code aviary.yml} has them: {@code 30s}, {@code 1h30m}, {@code 500ms}. */
final class Durations {

  static final Duration LONGEST = Duration.ofDays(90);

  private static final Pattern DURATION =
      Pattern.compile(
          "(?=\\d)(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m(?!s))?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

  private Durations() {}

  /** Null: that is no duration. */
  static @Nullable Duration parse(String text) {
    var match = DURATION.matcher(text);
    if (!match.matches()) {
      return null;
    }
    return Duration.ofDays(number(match.group(1)))
        .plusHours(number(match.group(2)))
        .plusMinutes(number(match.group(3)))
        .plusSeconds(number(match.group(4)))
        .plusMillis(number(match.group(5)));
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /** As it would be written in the file. */
  static String format(Duration duration) {
    var text = new StringBuilder();
    append(text, duration.toHours(), "h");
    append(text, duration.toMinutesPart(), "m");
    append(text, duration.toSecondsPart(), "s");
    append(text, duration.toMillisPart(), "ms");
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static void append(StringBuilder text, long number, String unit) {
    if (number > 0) {
      text.append(number).append(unit);
    }
  }
}
