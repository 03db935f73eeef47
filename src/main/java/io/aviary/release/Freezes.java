package io.aviary.release;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When nothing new may start. What runs goes on; pushes are recorded and wait; an earlier revision
 * may be released again. Safe for use by many threads; each method is one transaction.
 */
public interface Freezes {

  /** What keeps an application from starting anything now: its own, or one of everything. */
  Optional<Freeze> active(String application);

  /** All that are not over, active now or not, that of everything first. */
  List<Freeze> all();

  /**
   * Freezes, instead of what was set before.
   *
   * @param application null: everything
   * @param until null: until somebody ends it
   * @param weekly empty: all the time
   * @throws ReleaseRefusedException if it would be over already
   */
  Freeze set(
      @Nullable String application,
      String reason,
      @Nullable Instant until,
      List<WeeklySpan> weekly,
      Actor actor);

  /**
   * Ends it: what waited goes on at once.
   *
   * @param application null: that of everything; those of applications stay
   * @return false: there was none
   */
  boolean end(@Nullable String application);
}
