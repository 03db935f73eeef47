package io.aviary.pipeline;

import io.aviary.gates.MetricsProgress;
import io.aviary.gates.TestProgress;
import io.aviary.release.step.HasOutputs;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far a gate is.
 *
 * @param skipped why all but the approval is left out; null: it is not
 * @param awaiting what a person is asked; null: nothing
 * @param approvedBy who has approved by now
 */
record GateProgress(
    GateShare share,
    @Nullable TestProgress test,
    @Nullable MetricsProgress metrics,
    @Nullable String skipped,
    @Nullable Awaiting awaiting,
    List<String> approvedBy)
    implements HasOutputs {

  /**
   * A question to people.
   *
   * @param since when it was asked: what was said before does not count
   * @param until when it is closed
   */
  record Awaiting(What what, Instant since, Instant until, int people) {}

  /** What people are asked. */
  enum What {
    /** What the gate's own {@code approval} says. */
    APPROVAL,
    /** Whether the gate is passed though its metrics gave no verdict. */
    VERDICT;

    String word() {
      return switch (this) {
        case APPROVAL -> "approval";
        case VERDICT -> "verdict";
      };
    }
  }

  GateProgress {
    approvedBy = List.copyOf(approvedBy);
  }

  static GateProgress of(GateShare share) {
    return new GateProgress(share, null, null, null, null, List.of());
  }

  GateProgress with(GateShare next) {
    return new GateProgress(next, test, metrics, skipped, awaiting, approvedBy);
  }

  GateProgress with(TestProgress next) {
    return new GateProgress(share, next, metrics, skipped, awaiting, approvedBy);
  }

  GateProgress with(MetricsProgress next) {
    return new GateProgress(share, test, next, skipped, awaiting, approvedBy);
  }

  GateProgress skipping(String why) {
    return new GateProgress(share, test, metrics, why, awaiting, approvedBy);
  }

  GateProgress asking(@Nullable Awaiting question) {
    return new GateProgress(
        share, test, metrics, skipped, question, question == null ? approvedBy : List.of());
  }

  GateProgress approvedBy(List<String> people) {
    return new GateProgress(share, test, metrics, skipped, awaiting, people);
  }

  /**
   * {@code metrics} has each with its looks, verdict and sentence; {@code measuredShare} is there
   * where a metric counts requests. While a person is asked: {@code awaiting} is {@code approval}
   * or {@code verdict}, {@code awaitingSince} and {@code awaitingUntil} are times.
   */
  @Override
  public Map<String, Object> outputs() {
    var shown = new TreeMap<String, Object>();
    if (share.own()) {
      put(shown, "asked", share.asked());
    }
    put(shown, "share", share.reached());
    put(shown, "how", share.how());
    if (share.reached() != null && share.reachedAt() != null) {
      shown.put("shareSince", share.reachedAt().toString());
    }
    put(shown, "skipped", skipped);
    if (test != null) {
      put(shown, "testPod", test.pod());
      put(shown, "exitCode", test.exitCode());
    }
    if (metrics != null) {
      shown.put("metrics", metrics.metrics());
    }
    MeasuredShare.of(metrics)
        .ifPresent(
            measured -> {
              shown.put("measuredShare", measured.percent());
              shown.put("measured", measured.words());
            });
    if (awaiting != null) {
      shown.put("awaiting", awaiting.what().word());
      shown.put("awaitingSince", awaiting.since().toString());
      shown.put("awaitingUntil", awaiting.until().toString());
      shown.put("people", awaiting.people());
    }
    if (!approvedBy.isEmpty()) {
      shown.put("approvedBy", String.join(", ", approvedBy));
    }
    return shown;
  }

  private static void put(Map<String, Object> shown, String key, @Nullable Object value) {
    if (value != null) {
      shown.put(key, value);
    }
  }
}
