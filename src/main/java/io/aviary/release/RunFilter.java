package io.aviary.release;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which runs a list shows; null: any.
 *
 * @param revision the beginning of a revision
 * @param text searched in message, revision, author
 * @param from created at or after
 * @param to created before
 */
public record RunFilter(
    @Nullable String application,
    @Nullable PipelineName pipeline,
    @Nullable RunStatus status,
    @Nullable String branch,
    @Nullable String revision,
    @Nullable String author,
    @Nullable String text,
    @Nullable Instant from,
    @Nullable Instant to) {

  public static final RunFilter ALL =
      new RunFilter(null, null, null, null, null, null, null, null, null);
}
