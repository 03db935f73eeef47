package io.aviary.gates;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a gate's test is.
 *
 * @param pod its name
 * @param begun when it was asked for
 * @param logged the time stamp of the last line of its log that is stored
 * @param exitCode once it has ended
 * @param failing since when the pod cannot start for a reason that counts as failed
 * @param failure why it failed, from before its pod is removed
 */
public record TestProgress(
    String pod,
    Instant begun,
    @Nullable Instant logged,
    @Nullable Integer exitCode,
    @Nullable Instant failing,
    @Nullable Failure failure) {

  /** A verdict that is not to be found in the cluster any more. */
  public record Failure(String reason, List<String> evidence) {}

  TestProgress loggedUntil(Instant stamp) {
    return new TestProgress(pod, begun, stamp, exitCode, failing, failure);
  }

  TestProgress failingSince(@Nullable Instant moment) {
    return new TestProgress(pod, begun, logged, exitCode, moment, failure);
  }

  TestProgress ended(int code) {
    return new TestProgress(pod, begun, logged, code, failing, failure);
  }

  TestProgress failed(Failure why) {
    return new TestProgress(pod, begun, logged, exitCode, failing, why);
  }
}
