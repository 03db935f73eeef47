package io.aviary.pipeline;

import io.aviary.gates.TestProgress;
import io.aviary.release.step.HasOutputs;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far a gate is.
 *
 * @param asked the share that it wants; null: none of its own
 * @param reached the share that was there when its conditions began to be looked at
 * @param how in words, e.g. "1 of 10 ready endpoints"
 * @param reachedAt when the share was there, or at once where the gate wants none
 */
record GateProgress(
    @Nullable Double asked,
    @Nullable Double reached,
    @Nullable String how,
    @Nullable Instant reachedAt,
    @Nullable TestProgress test)
    implements HasOutputs {

  static GateProgress of(@Nullable Double asked) {
    return new GateProgress(asked, null, null, null, null);
  }

  GateProgress reached(@Nullable Double share, @Nullable String words, Instant at) {
    return new GateProgress(asked, share, words, at, test);
  }

  GateProgress with(TestProgress progress) {
    return new GateProgress(asked, reached, how, reachedAt, progress);
  }

  @Override
  public Map<String, Object> outputs() {
    var shown = new TreeMap<String, Object>();
    put(shown, "asked", asked);
    put(shown, "share", reached);
    put(shown, "how", how);
    if (test != null) {
      put(shown, "testPod", test.pod());
      put(shown, "exitCode", test.exitCode());
    }
    return shown;
  }

  private static void put(Map<String, Object> shown, String key, @Nullable Object value) {
    if (value != null) {
      shown.put(key, value);
    }
  }
}
