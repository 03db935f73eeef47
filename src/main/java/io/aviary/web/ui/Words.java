package io.aviary.web.ui;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Times and numbers as people read them, all seen from one moment. {@code aviary.js} says them the
 * same way while a page stays open.
 */
record Words(Instant now) {

  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter FULL =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** E.g. {@code 4 min ago}. */
  public String ago(Instant then) {
    var passed = Duration.between(then, now);
    if (passed.compareTo(Duration.ofMinutes(1)) < 0) {
      return "just now";
    }
    if (passed.compareTo(Duration.ofHours(1)) < 0) {
      return passed.toMinutes() + " min ago";
    }
    if (passed.compareTo(Duration.ofDays(1)) < 0) {
      return passed.toHours() + " h ago";
    }
    if (passed.compareTo(Duration.ofDays(2)) < 0) {
      return "yesterday";
    }
    return passed.compareTo(Duration.ofDays(14)) < 0
        ? passed.toDays() + " days ago"
        : DAY.format(then);
  }

  public String clock(Instant then) {
    return CLOCK.format(then);
  }

  public String full(Instant then) {
    return FULL.format(then);
  }

  /** From one moment to another, or until now. */
  public String took(Instant from, @Nullable Instant to) {
    return of(Duration.between(from, to == null ? now : to));
  }

  /** E.g. {@code 8.1 s}, {@code 6 min 04 s}, {@code 2 h 05 min}, {@code 3 d 04 h}. */
  static String of(Duration time) {
    if (time.isNegative()) {
      return "0.0 s";
    }
    var seconds = time.toSeconds();
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", Math.floor(time.toMillis() / 100.0) / 10);
    }
    if (seconds < 3600) {
      return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
    }
    return seconds < 86_400
        ? String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds % 3600 / 60)
        : String.format(Locale.ROOT, "%d d %02d h", seconds / 86_400, seconds % 86_400 / 3600);
  }

  /** The first seven digits of a revision. */
  public String shortly(String revision) {
    return revision.substring(0, Math.min(7, revision.length()));
  }

  /** E.g. {@code 9.7 %}. */
  public static String percent(double share) {
    var rounded = Math.round(share * 10) / 10.0;
    return rounded == Math.rint(rounded)
        ? String.format(Locale.ROOT, "%.0f %%", rounded)
        : String.format(Locale.ROOT, "%.1f %%", rounded);
  }
}
