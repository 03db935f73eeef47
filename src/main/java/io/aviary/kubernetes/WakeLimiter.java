package io.aviary.kubernetes;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who wants to be woken, and how often. The first event wakes at once; those that come in the next
 * 20 ms wake once more, together, at the end of that time.
 */
final class WakeLimiter {

  static final Duration BETWEEN_WAKES = Duration.ofMillis(20);
  static final Duration INTEREST = Duration.ofSeconds(30);

  /** Calls something after a time. */
  interface Timer {
    void after(Duration delay, Runnable action);
  }

  /** Wakes a run. */
  interface Wake {
    /**
     * @param since when the first event came that this wakes for, by {@link System#nanoTime}
     */
    void wake(long run, long since);
  }

  private static final class Interest {
    private long received;
    private Instant until = Instant.MIN;
    private Instant next = Instant.MIN;
    private boolean pending;
  }

  private final Map<Long, Interest> interests = new HashMap<>();
  private final InstantSource clock;
  private final Timer timer;
  private final Wake wake;

  WakeLimiter(InstantSource clock, Timer timer, Wake wake) {
    this.clock = clock;
    this.timer = timer;
    this.wake = wake;
  }

  synchronized void add(long run) {
    interests.computeIfAbsent(run, key -> new Interest()).until = clock.instant().plus(INTEREST);
  }

  /** Whether somebody is interested still. */
  synchronized boolean isWanted() {
    var now = clock.instant();
    interests.values().removeIf(interest -> interest.until.isBefore(now));
    return !interests.isEmpty();
  }

  void event() {
    var received = System.nanoTime();
    for (long run : due(received)) {
      wake.wake(run, received);
    }
  }

  private synchronized List<Long> due(long received) {
    if (!isWanted()) {
      return List.of();
    }
    var now = clock.instant();
    return interests.entrySet().stream()
        .filter(entry -> isDue(entry.getKey(), entry.getValue(), now, received))
        .map(Map.Entry::getKey)
        .toList();
  }

  private boolean isDue(long run, Interest interest, Instant now, long received) {
    if (interest.pending) {
      return false;
    }
    if (now.isBefore(interest.next)) {
      interest.pending = true;
      interest.received = received;
      timer.after(Duration.between(now, interest.next), () -> late(run));
      return false;
    }
    interest.next = now.plus(BETWEEN_WAKES);
    return true;
  }

  private void late(long run) {
    long received;
    synchronized (this) {
      var interest = interests.get(run);
      if (interest == null) {
        return;
      }
      interest.pending = false;
      received = interest.received;
      interest.next = clock.instant().plus(BETWEEN_WAKES);
    }
    wake.wake(run, received);
  }
}
