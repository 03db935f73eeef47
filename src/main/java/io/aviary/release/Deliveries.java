package io.aviary.release;

import java.util.Optional;

/**
 * What came in from GitHub, what was decided about it, and the pushes that GitHub did not deliver.
 * Safe for use by many threads; each method is one transaction.
 */
public interface Deliveries {

  /**
   * @param id GitHub's, as in {@code X-GitHub-Delivery}
   */
  Optional<DeliveryView> find(String id);

  /** The delivery that made the run; empty: none did. */
  Optional<DeliveryView> ofRun(long run);

  /** Newest first; {@code earlier} is left empty in lists. */
  Page<DeliveryView> search(DeliveryFilter filter, int page, int size);

  /**
   * The request's body, byte for byte, for administrators only: a caller checks that before it
   * asks. Empty: there is no such delivery, or its body was not stored ({@link
   * DeliveryView#bodyStored}).
   */
  Optional<byte[]> body(String id);

  /**
   * The latest verdict about a push that left an application's branch at a revision; empty: no such
   * push is on record, or git has yet to be asked which paths it changed.
   */
  Optional<DeliveryView.Verdict> verdict(ApplicationProperties application, String revision);

  /**
   * Decides about a stored delivery again, by the rules and the configuration of now, for the
   * applications that it was decided for before. Adds verdicts; those of before stay on record.
   *
   * @throws ReleaseRefusedException of kind UNKNOWN if there is no such delivery
   */
  DeliveryView replay(String id, Actor actor);
}
