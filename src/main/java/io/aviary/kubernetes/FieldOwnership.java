package io.aviary.kubernetes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who owns which fields of an object, by its {@code managedFields}. What {@code kubectl apply}
 * owned without {@code --server-side} is made Aviary's, as kubectl itself does it when it changes
 * over: without that, a field that leaves the manifest would stay in the object for ever, because
 * kubectl still owned it.
 */
final class FieldOwnership {

  static final String MANAGER = "aviary";

  /** Owns {@code replicas} where a HorizontalPodAutoscaler sets it. */
  static final String REPLICAS_MANAGER = "aviary-hpa";

  static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  /** The second one is what the API server calls owners from before it recorded any. */
  private static final Set<String> CLIENT_SIDE_APPLY =
      Set.of("kubectl-client-side-apply", "before-first-apply");

  private FieldOwnership() {}

  /**
   * The entries after the change-over.
   *
   * @param managedFields as the server gave them
   * @return empty: kubectl owns nothing that it applied
   */
  static Optional<List<Map<String, Object>>> takenOver(List<?> managedFields) {
    var entries = managedFields.stream().map(entry -> Json.copy((Map<?, ?>) entry)).toList();
    var managers = clientSideManagers(entries);
    var theirs = entries.stream().filter(entry -> isUpdateBy(entry, managers)).toList();
    if (theirs.isEmpty()) {
      return Optional.empty();
    }
    List<Map<String, Object>> left = new ArrayList<>(entries);
    left.removeAll(theirs);
    var ours =
        left.stream()
            .filter(FieldOwnership::isOurs)
            .findFirst()
            .orElseGet(() -> first(theirs, left));
    // Sets of different versions cannot be united; kubectl leaves out the others too.
    theirs.stream()
        .filter(entry -> String.valueOf(entry.get("apiVersion")).equals(ours.get("apiVersion")))
        .forEach(entry -> unite(Json.child(ours, "fieldsV1"), Json.map(entry, "fieldsV1")));
    var annotations =
        Json.child(Json.child(Json.child(ours, "fieldsV1"), "f:metadata"), "f:annotations");
    annotations.remove("f:" + LAST_APPLIED);
    if (annotations.isEmpty() || annotations.keySet().equals(Set.of("."))) {
      Json.child(Json.child(ours, "fieldsV1"), "f:metadata").remove("f:annotations");
    }
    return Optional.of(left);
  }

  /** Whether a field, e.g. {@code spec, replicas}, is among those that we applied. */
  static boolean isOurs(List<?> managedFields, String... field) {
    return managedFields.stream()
        .filter(entry -> isOurs(Json.map(entry)))
        .anyMatch(
            entry -> {
              Object here = Json.map(entry, "fieldsV1");
              for (var name : field) {
                here = Json.map(here).get("f:" + name);
              }
              return here != null;
            });
  }

  private static Map<String, Object> first(
      List<Map<String, Object>> theirs, List<Map<String, Object>> left) {
    var first = Json.copy(theirs.getFirst());
    first.put("manager", MANAGER);
    first.put("operation", "Apply");
    left.add(first);
    return first;
  }

  /** Also whoever else owns kubectl's annotation, e.g. {@code kubectl create --save-config}. */
  private static Set<String> clientSideManagers(List<Map<String, Object>> entries) {
    Set<String> managers = new HashSet<>(CLIENT_SIDE_APPLY);
    entries.stream()
        .filter(entry -> "Update".equals(entry.get("operation")))
        .filter(
            entry ->
                Json.map(entry, "fieldsV1", "f:metadata", "f:annotations")
                    .containsKey("f:" + LAST_APPLIED))
        .forEach(entry -> managers.add(String.valueOf(entry.get("manager"))));
    return managers;
  }

  private static boolean isUpdateBy(Map<String, Object> entry, Set<String> managers) {
    return "Update".equals(entry.get("operation"))
        && managers.contains(String.valueOf(entry.get("manager")))
        && isWhole(entry);
  }

  private static boolean isOurs(Map<String, Object> entry) {
    return "Apply".equals(entry.get("operation"))
        && MANAGER.equals(entry.get("manager"))
        && isWhole(entry);
  }

  /** Not of a subresource such as status. */
  private static boolean isWhole(Map<String, Object> entry) {
    return String.valueOf(entry.getOrDefault("subresource", "")).isEmpty();
  }

  private static void unite(Map<String, Object> into, Map<String, Object> other) {
    other.forEach(
        (name, below) -> {
          Json.child(into, name);
          unite(Json.child(into, name), Json.map(below));
        });
  }
}
