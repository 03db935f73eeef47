package io.aviary.release;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A delivery and what was decided about it; the form in which REST answers with it.
 *
 * @param event GitHub's word, or {@link #MISSED_PUSH}
 * @param ref null: the event has none, as with every event but a push
 * @param sender who GitHub says did it
 * @param message of the head commit, as the sender wrote it
 * @param author of the head commit, as the sender wrote it: not verified by anyone
 * @param verdict the strongest of the applications': ACCEPTED, then DUPLICATE, then IGNORED
 * @param size of the body in bytes
 * @param address where the request came from; null: no request, Aviary found it by itself
 * @param redeliveries how often the same delivery came again
 * @param note why the body was not stored; null: it was, or there was none
 * @param applications the latest verdict of each application whose secret matched
 * @param earlier verdicts that a replay has replaced, oldest first
 */
public record DeliveryView(
    String id,
    String event,
    @Nullable String action,
    @Nullable String repository,
    @Nullable String ref,
    @Nullable String before,
    @Nullable String after,
    boolean forced,
    boolean deleted,
    @Nullable String sender,
    @Nullable String message,
    @Nullable String author,
    Instant receivedAt,
    Verdict verdict,
    String reason,
    long size,
    @Nullable String address,
    int redeliveries,
    boolean bodyStored,
    @Nullable String note,
    List<ApplicationVerdict> applications,
    List<ApplicationVerdict> earlier) {

  /** The event of a push that GitHub did not deliver, found by asking the repository. */
  public static final String MISSED_PUSH = "missed-push";

  public DeliveryView {
    applications = List.copyOf(applications);
    earlier = List.copyOf(earlier);
  }

  /** What becomes of a delivery. */
  public enum Verdict {
    /** A run was made, or will be if git says that a path of the application's changed. */
    ACCEPTED,
    /** It was known already. */
    DUPLICATE,
    /** By the rules; the reason says which. */
    IGNORED
  }

  /**
   * What was decided for one application.
   *
   * @param run the one that was made, or that was there already; null: none, or git has yet to be
   *     asked
   * @param secret which of the application's secrets matched, 0 the current one, 1 the one before;
   *     null: decided without a request
   * @param by {@code aviary}, or the person who asked for a replay
   */
  public record ApplicationVerdict(
      String name,
      Verdict verdict,
      String reason,
      @Nullable Long run,
      @Nullable Integer secret,
      Instant decidedAt,
      String by) {}
}
