package io.aviary.release;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Nothing new starts; the form in which REST answers with it.
 *
 * @param application null: of any application
 * @param until null: until somebody ends it
 * @param weekly only in these parts of each week; empty: all the time
 * @param active now
 * @param changesAt when that will change by itself; null: never
 */
public record Freeze(
    @Nullable String application,
    String reason,
    Instant since,
    String by,
    @Nullable Instant until,
    List<WeeklySpan> weekly,
    boolean active,
    @Nullable Instant changesAt) {

  public Freeze {
    weekly = List.copyOf(weekly);
  }

  /** As it is at a moment. */
  public static Freeze of(
      @Nullable String application,
      String reason,
      Instant since,
      String by,
      @Nullable Instant until,
      List<WeeklySpan> weekly,
      Instant now) {
    var over = until != null && !until.isAfter(now);
    var active = !over && (weekly.isEmpty() || weekly.stream().anyMatch(it -> it.contains(now)));
    var changes =
        over
            ? null
            : Stream.concat(
                    Stream.ofNullable(until),
                    weekly.stream().map(it -> active ? it.nextEnd(now) : it.nextStart(now)))
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(null);
    return new Freeze(application, reason, since, by, until, weekly, active, changes);
  }

  /** In one sentence, e.g. of why a run waits. */
  public String words() {
    return (application == null ? "everything is frozen by " : application + " is frozen by ")
        + by
        + (changesAt == null ? "" : " until " + changesAt)
        + ": "
        + reason;
  }
}
