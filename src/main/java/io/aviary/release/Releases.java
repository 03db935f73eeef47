package io.aviary.release;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Starts runs and steers them. Each method is one transaction, or joins the caller's; what it
 * started begins once that transaction has committed. Safe for use by many threads.
 */
public interface Releases {

  /**
   * Creates a canary run.
   *
   * @param revision 40 hex digits
   * @param message null where it is not known yet
   */
  RunView startCanary(
      ApplicationProperties application,
      String revision,
      Trigger trigger,
      Actor actor,
      @Nullable String message,
      @Nullable String author);

  /**
   * Releases a revision again that has passed its gates, without a build.
   *
   * @throws ReleaseRefusedException if no canary run of that revision has passed its gates
   */
  RunView startProduction(ApplicationProperties application, String revision, Actor actor);

  /**
   * Begins again what ended otherwise than by success, as a new run of the same revision. Images
   * that still are what that run built are taken over; if only the undo was left, that alone is
   * done.
   *
   * @throws ReleaseRefusedException if that run is not over, has succeeded, was superseded, or has
   *     been retried
   */
  RunView retry(long run, Actor actor, @Nullable String comment);

  /**
   * The newest run of this revision ended by a roll-back: it is not released again unless a person
   * asks.
   */
  Optional<RunView> rolledBack(String application, String revision);

  /** The newest run that was made for this revision of the application, whatever became of it. */
  Optional<RunView> newestOf(String application, String revision);
}
