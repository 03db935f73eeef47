package io.aviary.release;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How an application's deliveries went, by the four figures of DORA. Safe for many threads. */
public interface Figures {

  /**
   * Of a range.
   *
   * @param from in whole days of UTC
   * @param to exclusive
   */
  Delivery of(String application, LocalDate from, LocalDate to, Instant now);

  /**
   * The four figures.
   *
   * @param deployments production runs that succeeded
   * @param failures production runs that failed or were rolled back
   * @param stopped canaries that were rolled back before they became production
   * @param leadTime median from the push to the end of its production run; null: none was deployed
   * @param timeToRestore median from a failure's end to the end of the next success; null: none
   *     failed, or none was restored yet
   * @param days each day of the range, the oldest first
   */
  record Delivery(
      int deployments,
      int failures,
      int stopped,
      @Nullable Duration leadTime,
      @Nullable Duration timeToRestore,
      List<Day> days) {

    public Delivery {
      days = List.copyOf(days);
    }

    public double perDay() {
      return days.isEmpty() ? 0 : (double) deployments / days.size();
    }

    /** Of all changes of production, those that failed; null: there was none. */
    public @Nullable Double failureRate() {
      var all = deployments + failures;
      return all == 0 ? null : (double) failures / all;
    }
  }

  /** What became of production on a day. */
  record Day(LocalDate day, int deployments, int failures) {}
}
