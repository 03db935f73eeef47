package io.aviary.release;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A part of each week.
 *
 * @param from its start, such as {@code FRI 16:00}
 * @param to its end, such as {@code MON 08:00}; before its start: in the next week
 * @param zone such as {@code Europe/Berlin}; null: UTC
 */
public record WeeklySpan(String from, String to, @Nullable String zone) {

  public WeeklySpan {
    var start = Moment.of("from", from);
    if (start.equals(Moment.of("to", to))) {
      throw new IllegalArgumentException("a weekly span from and to " + from + " has no end");
    }
    if (zone != null) {
      try {
        ZoneId.of(zone);
      } catch (DateTimeException e) {
        throw new IllegalArgumentException(
            "there is no time zone '" + zone + "'; write one such as Europe/Berlin", e);
      }
    }
  }

  private record Moment(DayOfWeek day, LocalTime time) {

    static Moment of(String key, @Nullable String text) {
      var parts = text == null ? new String[0] : text.strip().split("\\s+", -1);
      var day =
          parts.length != 2 || parts[0].length() < 3
              ? null
              : Arrays.stream(DayOfWeek.values())
                  .filter(it -> it.name().startsWith(parts[0].toUpperCase(Locale.ROOT)))
                  .findFirst()
                  .orElse(null);
      if (day != null) {
        try {
          return new Moment(day, LocalTime.parse(parts[1]));
        } catch (DateTimeException e) {
          // Said below.
        }
      }
      throw new IllegalArgumentException(
          key + " must be a day and a time such as FRI 16:00, and not '" + text + "'");
    }

    ZonedDateTime after(ZonedDateTime now) {
      var next = now.with(TemporalAdjusters.nextOrSame(day)).with(time);
      return next.isAfter(now) ? next : next.plusWeeks(1);
    }
  }

  /** The next end comes before the next start: it is under way. */
  public boolean contains(Instant time) {
    return nextEnd(time).isBefore(nextStart(time));
  }

  @JsonIgnore
  public Instant nextStart(Instant time) {
    return Moment.of("from", from).after(at(time)).toInstant();
  }

  @JsonIgnore
  public Instant nextEnd(Instant time) {
    return Moment.of("to", to).after(at(time)).toInstant();
  }

  private ZonedDateTime at(Instant time) {
    return time.atZone(ZoneId.of(zone == null ? "UTC" : zone));
  }

  @Override
  public String toString() {
    return from + " to " + to + (zone == null ? " UTC" : " " + zone);
  }
}
