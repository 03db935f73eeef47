package io.aviary.pipeline;

import io.aviary.release.step.HasOutputs;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Production put back to what it was.
 *
 * @param to the release that was restored, in words
 * @param appliedAt when its objects were applied and what the failed release had added was deleted
 * @param restoredAt when the cluster said that it runs again
 */
record ProductionRestored(
    String to,
    @Nullable Instant appliedAt,
    @Nullable Instant restoredAt,
    CanaryRemoval.Progress canary)
    implements HasOutputs {

  @Override
  public Map<String, Object> outputs() {
    var shown = new TreeMap<String, Object>();
    shown.put("restored", to);
    if (restoredAt != null) {
      shown.put("restoredAt", restoredAt.toString());
    }
    if (canary.goneAt() != null) {
      shown.put("canaryGoneAt", canary.goneAt().toString());
    }
    return shown;
  }
}
