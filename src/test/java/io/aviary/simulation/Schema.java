package io.aviary.simulation;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How fields of the usual kinds are merged: lists whose items have keys, lists that are sets, maps
 * that are one value. What is not named here is atomic if a list and granular if an object.
 */
final class Schema {

  private static final Map<String, List<String>> KEYS =
      Map.ofEntries(
          Map.entry("containers", List.of("name")),
          Map.entry("initContainers", List.of("name")),
          Map.entry("ephemeralContainers", List.of("name")),
          Map.entry("env", List.of("name")),
          Map.entry("volumes", List.of("name")),
          Map.entry("volumeMounts", List.of("mountPath")),
          Map.entry("imagePullSecrets", List.of("name")),
          Map.entry("conditions", List.of("type")),
          Map.entry("ownerReferences", List.of("uid")),
          Map.entry("hostAliases", List.of("ip")),
          Map.entry("topologySpreadConstraints", List.of("topologyKey", "whenUnsatisfiable")));
  private static final Set<String> SETS = Set.of("finalizers");
  private static final Set<String> ATOMIC_MAPS =
      Set.of(
          "selector",
          "nodeSelector",
          "labelSelector",
          "resourceFieldRef",
          "fieldRef",
          "secretKeyRef");

  private Schema() {}

  /** Null where the list is atomic. */
  static @Nullable List<String> keys(String field, JsonNode list) {
    if (field.equals("ports")) {
      if (list.path(0).has("containerPort")) {
        return List.of("containerPort", "protocol");
      }
      return list.path(0).has("port") ? List.of("port", "protocol") : null;
    }
    return KEYS.get(field);
  }

  static boolean isSet(String field) {
    return SETS.contains(field);
  }

  static boolean isAtomicMap(String field) {
    return ATOMIC_MAPS.contains(field);
  }

  /** The part of an item that tells it from others, with the defaults of the keys filled in. */
  static String key(List<String> keys, JsonNode item) {
    var result = Json.object();
    for (var key : keys) {
      var value = item.path(key);
      if (!value.isMissingNode()) {
        result.set(key, value);
      } else if (key.equals("protocol")) {
        result.put(key, "TCP");
      }
    }
    return result.toString();
  }
}
