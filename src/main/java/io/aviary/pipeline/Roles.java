package io.aviary.pipeline;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds among manifests which object plays which part. */
final class Roles {

  private Roles() {}

  /** The first Service whose selector matches the pods of a Deployment. */
  static Optional<String> serviceOf(List<Map<String, Object>> objects, String deployment) {
    var labels =
        objects.stream()
            .filter(object -> "Deployment".equals(object.get("kind")))
            .filter(object -> deployment.equals(at(object, "metadata").get("name")))
            .map(object -> at(at(at(object, "spec"), "template"), "metadata"))
            .map(metadata -> at(metadata, "labels"))
            .findFirst()
            .orElse(Map.of());
    return objects.stream()
        .filter(object -> "Service".equals(object.get("kind")))
        .filter(service -> selects(at(at(service, "spec"), "selector"), labels))
        .map(service -> String.valueOf(at(service, "metadata").get("name")))
        .findFirst();
  }

  private static boolean selects(Map<?, ?> selector, Map<?, ?> labels) {
    return !selector.isEmpty() && labels.entrySet().containsAll(selector.entrySet());
  }

  private static Map<?, ?> at(Map<?, ?> parent, String key) {
    return parent.get(key) instanceof Map<?, ?> child ? child : Map.of();
  }
}
