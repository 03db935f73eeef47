package io.aviary.release;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is live of an application.
 *
 * @param live null: no release of Aviary's is live
 * @param canary null: none is under way
 */
public record ApplicationView(
    String name,
    String repository,
    String branch,
    String namespace,
    @Nullable Live live,
    @Nullable Canary canary) {

  /**
   * The production release.
   *
   * @param run null: made by others before Aviary
   * @param by who or what triggered it
   */
  public record Live(
      @Nullable Long run, @Nullable String revision, Instant since, @Nullable String by) {}

  /**
   * The run that has the application's turn.
   *
   * @param share per cent of production's traffic that was reached last; null: none was given
   */
  public record Canary(long run, String revision, RunStatus status, @Nullable Double share) {}
}
