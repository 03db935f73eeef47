package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WakeLimiterTest {

  private record Later(Instant at, Runnable action) {}

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final List<Later> later = new ArrayList<>();
  private final List<Long> woken = new ArrayList<>();
  private final WakeLimiter limiter =
      new WakeLimiter(
          () -> now,
          (delay, action) -> later.add(new Later(now.plus(delay), action)),
          (run, since) -> woken.add(run));

  @Test
  void theFirstEventWakesAtOnce() {
    limiter.add(7);

    limiter.event();

    assertThat(woken).containsExactly(7L);
    assertThat(later).isEmpty();
  }

  @Test
  void aBurstWakesOnceMore() {
    limiter.add(7);
    for (int i = 0; i < 50; i++) {
      limiter.event();
    }

    pass(Duration.ofMillis(20));

    assertThat(woken).containsExactly(7L, 7L);
    pass(Duration.ofSeconds(1));
    assertThat(woken).hasSize(2);
  }

  @Test
  void eachRunThatIsInterestedIsWoken() {
    limiter.add(7);
    limiter.add(8);

    limiter.event();

    assertThat(woken).containsExactlyInAnyOrder(7L, 8L);
  }

  @Test
  void interestEndsUnlessItIsRenewed() {
    limiter.add(7);
    limiter.add(8);
    pass(Duration.ofSeconds(20));
    limiter.add(8);
    pass(Duration.ofSeconds(11));

    limiter.event();
    assertThat(woken).containsExactly(8L);
    assertThat(limiter.isWanted()).isTrue();

    pass(Duration.ofSeconds(20));
    assertThat(limiter.isWanted()).isFalse();
    limiter.event();
    assertThat(woken).containsExactly(8L);
  }

  private void pass(Duration time) {
    now = now.plus(time);
    var due = later.stream().filter(one -> !one.at().isAfter(now)).toList();
    later.removeAll(due);
    due.forEach(one -> one.action().run());
  }
}
