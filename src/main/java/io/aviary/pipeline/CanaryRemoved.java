package io.aviary.pipeline;

import io.aviary.release.step.HasOutputs;
import java.util.Map;
import java.util.TreeMap;

/**
 * A canary's removal.
 *
 * @param condition which condition fired, for the record
 */
record CanaryRemoved(String condition, CanaryRemoval.Progress progress) implements HasOutputs {

  @Override
  public Map<String, Object> outputs() {
    var shown = new TreeMap<String, Object>();
    shown.put("condition", condition);
    if (progress.noShareAt() != null) {
      shown.put("share", 0);
      shown.put("noShareAt", progress.noShareAt().toString());
    }
    if (progress.goneAt() != null) {
      shown.put("goneAt", progress.goneAt().toString());
    }
    return shown;
  }
}
