package io.aviary.pipeline;

import io.aviary.kubernetes.Cluster.PodTrouble;
import io.aviary.kubernetes.Cluster.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How long pods have been failing, in sum: a pod in CrashLoopBackOff runs for a moment now and
 * then, and that moment must not set the clock back.
 *
 * @param spent failing time that is over
 * @param since null: not failing at the last look
 */
record Patience(Duration spent, @Nullable Instant since) {

  static final Duration LIMIT = Duration.ofSeconds(60);
  static final Patience FRESH = new Patience(Duration.ZERO, null);

  Patience look(Rollout rollout, Instant now) {
    var failing = rollout.troubles().stream().anyMatch(PodTrouble::fatal);
    if (failing) {
      return since == null ? new Patience(spent, now) : this;
    }
    return since == null ? this : new Patience(spent.plus(Duration.between(since, now)), null);
  }

  boolean isOver(Instant now) {
    return !left(now).isPositive();
  }

  Duration left(Instant now) {
    var failing = since == null ? spent : spent.plus(Duration.between(since, now));
    return LIMIT.minus(failing);
  }

  /** The moment at which it is over if nothing changes; null: not failing. */
  @Nullable Instant end(Instant now) {
    return since == null ? null : now.plus(left(now));
  }

  static String words(Rollout rollout) {
    return rollout.troubles().stream()
        .map(Patience::words)
        .distinct()
        .limit(3)
        .collect(Collectors.joining("; "));
  }

  static List<String> evidence(Rollout rollout) {
    return rollout.troubles().stream().map(Patience::words).toList();
  }

  private static String words(PodTrouble trouble) {
    return trouble.pod()
        + ": "
        + trouble.reason()
        + (trouble.words().isBlank() ? "" : ": " + trouble.words());
  }
}
