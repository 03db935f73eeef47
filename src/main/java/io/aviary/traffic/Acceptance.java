package io.aviary.traffic;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the controllers of a route's parents say of it. */
final class Acceptance {

  private static final List<String> CONDITIONS = List.of("Accepted", "ResolvedRefs");

  private final Map<String, Object> route;
  private final long generation;

  private Acceptance(Map<String, Object> route) {
    this.route = route;
    this.generation = Fields.number(Fields.at(route, "metadata", "generation"), 0);
  }

  /**
   * Why the route's newest generation is not believed to be in use; empty: each parent has accepted
   * it and found its backends.
   */
  static Optional<String> missing(Map<String, Object> route) {
    return new Acceptance(route).missing();
  }

  /**
   * Whether each parent that has ever spoken of this route has looked at its newest generation,
   * whatever it thinks of it: what it does not accept it does not serve. A parent that never spoke
   * serves nothing by it.
   */
  static boolean isObserved(Map<String, Object> route) {
    var acceptance = new Acceptance(route);
    return acceptance.parents().stream()
        .flatMap(parent -> acceptance.statuses(parent).stream())
        .allMatch(acceptance::isObservedBy);
  }

  private Optional<String> missing() {
    var parents = parents();
    if (parents.isEmpty()) {
      return Optional.of("it has no parent that could serve it");
    }
    for (var parent : parents) {
      var statuses = statuses(parent);
      if (statuses.isEmpty()) {
        return Optional.of(name(parent) + " has not answered yet");
      }
      for (var status : statuses) {
        for (var type : CONDITIONS) {
          var missing = missing(name(parent), type, condition(status, type));
          if (missing.isPresent()) {
            return missing;
          }
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> missing(
      String parent, String type, @Nullable Map<String, Object> condition) {
    if (condition == null || observed(condition) < generation) {
      return Optional.of(parent + " has not looked at the newest weights yet (" + type + ")");
    }
    if (!"True".equals(condition.get("status"))) {
      return Optional.of(
          parent
              + " says "
              + type
              + ": "
              + condition.get("status")
              + ", "
              + condition.get("reason")
              + ": "
              + condition.get("message"));
    }
    return Optional.empty();
  }

  private boolean isObservedBy(Map<String, Object> status) {
    var accepted = condition(status, "Accepted");
    return accepted != null && observed(accepted) >= generation;
  }

  private List<Map<String, Object>> parents() {
    return Fields.maps(route, "spec", "parentRefs");
  }

  /** More than one where several controllers serve the same parent. */
  private List<Map<String, Object>> statuses(Map<String, Object> parent) {
    return Fields.maps(route, "status", "parents").stream()
        .filter(status -> key(Fields.map(status, "parentRef")).equals(key(parent)))
        .toList();
  }

  private List<Object> key(Map<String, Object> parent) {
    return List.of(
        parent.getOrDefault("group", "gateway.networking.k8s.io"),
        parent.getOrDefault("kind", "Gateway"),
        parent.getOrDefault(
            "namespace", String.valueOf(Fields.text(route, "metadata", "namespace"))),
        String.valueOf(parent.get("name")),
        parent.getOrDefault("sectionName", ""),
        parent.getOrDefault("port", 0));
  }

  private static String name(Map<String, Object> parent) {
    return "the " + parent.getOrDefault("kind", "Gateway") + " " + parent.get("name");
  }

  private static @Nullable Map<String, Object> condition(Map<String, Object> status, String type) {
    return Fields.maps(status, "conditions").stream()
        .filter(condition -> type.equals(condition.get("type")))
        .findFirst()
        .orElse(null);
  }

  private static int observed(Map<String, Object> condition) {
    return Fields.number(condition.get("observedGeneration"), 0);
  }
}
