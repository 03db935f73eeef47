package io.aviary.release;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which runs a list shows; null: any.
 *
 * @param revision the beginning of a revision
 * @param text searched in message, revision, author
 * @param from created at or after
 * @param to created before
 * @param within only of these applications, whatever else is asked for
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
    @Nullable Instant to,
    @Nullable Set<String> within) {

  public RunFilter {
    within = within == null ? null : Set.copyOf(within);
  }

  /** Of all applications, unless one is named. */
  public RunFilter(
      @Nullable String application,
      @Nullable PipelineName pipeline,
      @Nullable RunStatus status,
      @Nullable String branch,
      @Nullable String revision,
      @Nullable String author,
      @Nullable String text,
      @Nullable Instant from,
      @Nullable Instant to) {
    this(application, pipeline, status, branch, revision, author, text, from, to, null);
  }

  public static final RunFilter ALL =
      new RunFilter(null, null, null, null, null, null, null, null, null);

  /**
   * The same for somebody who may not see all.
   *
   * @param applications that they may see; null: all
   */
  public RunFilter within(@Nullable Set<String> applications) {
    return new RunFilter(
        application, pipeline, status, branch, revision, author, text, from, to, applications);
  }

  /** The same with another text, or without one. */
  public RunFilter withText(@Nullable String other) {
    return new RunFilter(
        application, pipeline, status, branch, revision, author, other, from, to, within);
  }
}
