package io.aviary.images;

import io.aviary.release.step.HasOutputs;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a build step remembers and hands on.
 *
 * @param reference {@code registry/name:tag}
 * @param digest {@code sha256:…}, which the tag named when the step ended; null until then
 * @param reused the registry had it already, built from this commit in the same way
 * @param progress of the build under way; null: nothing of it is in the cluster
 */
public record BuiltImage(
    String reference, @Nullable String digest, boolean reused, @Nullable Progress progress)
    implements HasOutputs {

  /**
   * How far a build is.
   *
   * @param job its name
   * @param logged the time stamp of the last line of its log that is stored
   * @param troubled since when its pod cannot start for a reason that counts as failed
   * @param failure why it failed, from before its Job is removed
   */
  public record Progress(
      String job, @Nullable Instant logged, @Nullable Instant troubled, @Nullable Failure failure) {

    /** A verdict that is not to be found in the cluster any more. */
    public record Failure(String how, List<String> evidence) {}

    Progress loggedUntil(Instant stamp) {
      return new Progress(job, stamp, troubled, failure);
    }

    Progress troubledSince(Instant moment) {
      return new Progress(job, logged, moment, failure);
    }

    Progress failed(Failure why) {
      return new Progress(job, logged, troubled, why);
    }
  }

  @Override
  public Map<String, Object> outputs() {
    return digest == null
        ? Map.of("image", reference)
        : Map.of("image", reference, "digest", digest, "reused", reused);
  }

  BuiltImage with(Progress changed) {
    return new BuiltImage(reference, digest, reused, changed);
  }

  BuiltImage ended(String result) {
    return new BuiltImage(reference, result, reused, progress);
  }

  BuiltImage cleared() {
    return new BuiltImage(reference, digest, reused, null);
  }
}
