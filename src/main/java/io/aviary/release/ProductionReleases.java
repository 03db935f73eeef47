package io.aviary.release;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What production was made of, release by release. Each method is one transaction; safe to repeat
 * after a crash.
 */
public interface ProductionReleases {

  /**
   * A release of production.
   *
   * @param run null: release 0, what was there before Aviary
   * @param images name in manifests to reference with digest
   * @param objects as they were applied, in that order
   */
  record ProductionRelease(
      String application,
      @Nullable Long run,
      @Nullable String revision,
      Map<String, String> images,
      List<Map<String, Object>> objects,
      @Nullable Instant liveAt) {}

  /** The release that is live, also while another one is being rolled out. */
  Optional<ProductionRelease> live(String application);

  Optional<ProductionRelease> ofRun(long run);

  /** Records what was there before Aviary as release 0, unless a release is recorded already. */
  void recordExisting(String application, List<Map<String, Object>> objects);

  /** Records what a run is about to apply, before it does. */
  void recordIntent(ProductionRelease release);

  /** The run's release has rolled over: it is the live one. */
  void rolledOver(long run);

  /** The run's release was undone. */
  void undone(long run);
}
