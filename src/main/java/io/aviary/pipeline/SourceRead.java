package io.aviary.pipeline;

import io.aviary.release.step.HasOutputs;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the commit says, as the rest of the release uses it.
 *
 * @param canary the canary's objects, placeholders replaced, images not yet pinned
 * @param production likewise
 * @param canaryDeployment name of the Deployment whose pods are the canary
 * @param canaryService of the canary alone; null: it has none
 * @param productionDeployment name of the Deployment that the canary stands beside
 * @param productionService whose traffic is shared; null: no gate shares any
 * @param canaryImages keys of the images that the canary's objects use
 * @param authorEmail of the commit
 * @param derived whether the canary's objects were made from production's
 */
record SourceRead(
    List<Map<String, Object>> canary,
    List<Map<String, Object>> production,
    String canaryDeployment,
    @Nullable String canaryService,
    String productionDeployment,
    @Nullable String productionService,
    List<String> canaryImages,
    @Nullable String authorEmail,
    boolean derived)
    implements HasOutputs {

  @Override
  public Map<String, Object> outputs() {
    var shown = new TreeMap<String, Object>();
    shown.put("canaryObjects", names(canary));
    if (derived) {
      shown.put("canaryDerivedFrom", "Deployment " + productionDeployment);
    }
    shown.put("productionObjects", names(production));
    if (productionService != null) {
      shown.put("productionService", productionService);
    }
    return shown;
  }

  private static List<String> names(List<Map<String, Object>> objects) {
    return objects.stream()
        .map(
            object ->
                object.get("kind")
                    + " "
                    + (object.get("metadata") instanceof Map<?, ?> metadata
                        ? metadata.get("name")
                        : "?"))
        .toList();
  }
}
