package io.aviary.gates;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a gate's test is.
 *
 * @param pod its name
 * @param begun when it was asked for
 * @param logged the time stamp of the last line of its log that is stored
 * @param exitCode once it has ended
 * @param failing since when the pod cannot start for a reason that counts as failed
 */
public record TestProgress(
    String pod,
    Instant begun,
    @Nullable Instant logged,
    @Nullable Integer exitCode,
    @Nullable Instant failing) {

  TestProgress loggedUntil(Instant stamp) {
    return new TestProgress(pod, begun, stamp, exitCode, failing);
  }

  TestProgress failingSince(@Nullable Instant moment) {
    return new TestProgress(pod, begun, logged, exitCode, moment);
  }

  TestProgress ended(int code) {
    return new TestProgress(pod, begun, logged, code, failing);
  }
}
