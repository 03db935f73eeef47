package io.aviary.web.security;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often one address may fail in a minute. Those that succeed cost nothing, so that a limit is
 * reached by guessing and not by working. Safe for use by many threads; bounded in memory.
 */
final class AttemptLimits {

  private static final int ADDRESSES = 10_000;

  private final int perMinute;
  private final TimeMeter time;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > ADDRESSES;
        }
      };

  AttemptLimits(int perMinute, InstantSource clock) {
    this.perMinute = perMinute;
    this.time =
        new TimeMeter() {
          @Override
          public long currentTimeNanos() {
            return clock.millis() * 1_000_000;
          }

          @Override
          public boolean isWallClockBased() {
            return true;
          }
        };
  }

  /** Takes one attempt; false: there is none left. */
  boolean attempt(String address) {
    return bucket(address).tryConsume(1);
  }

  /** The attempt was none: it succeeded. */
  void giveBack(String address) {
    bucket(address).addTokens(1);
  }

  boolean isExhausted(String address) {
    return bucket(address).getAvailableTokens() == 0;
  }

  private Bucket bucket(String address) {
    synchronized (buckets) {
      return buckets.computeIfAbsent(
          address,
          key ->
              Bucket.builder()
                  .addLimit(
                      limit ->
                          limit.capacity(perMinute).refillGreedy(perMinute, Duration.ofMinutes(1)))
                  .withCustomTimePrecision(time)
                  .build());
    }
  }
}
