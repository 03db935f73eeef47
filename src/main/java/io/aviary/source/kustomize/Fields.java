package io.aviary.source.kustomize;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Fields of objects by paths like {@code spec/template/metadata}, through every item of lists. */
final class Fields {

  private static final Map<String, String> POD_TEMPLATES =
      Map.of(
          "ReplicationController", "spec/template",
          "Deployment", "spec/template",
          "ReplicaSet", "spec/template",
          "DaemonSet", "spec/template",
          "StatefulSet", "spec/template",
          "Job", "spec/template",
          "CronJob", "spec/jobTemplate/spec/template",
          "PodTemplate", "template");

  private Fields() {}

  /** Where a kind has its pod template; null: it makes no pods. */
  static @Nullable String podTemplate(String kind) {
    return POD_TEMPLATES.get(kind);
  }

  /** Where a kind has its pod spec; null: it makes no pods. */
  static @Nullable String podSpec(String kind) {
    var template = podTemplate(kind);
    return template != null ? template + "/spec" : kind.equals("Pod") ? "spec" : null;
  }

  /**
   * Visits the mappings at a path.
   *
   * @param create makes those that are missing
   */
  static void visit(
      Map<String, @Nullable Object> content,
      String path,
      boolean create,
      Consumer<Map<String, @Nullable Object>> visitor) {
    visit(content, List.of(path.split("/", -1)), create, visitor);
  }

  private static void visit(
      @Nullable Object value,
      List<String> path,
      boolean create,
      Consumer<Map<String, @Nullable Object>> visitor) {
    if (value instanceof List<?> list) {
      list.forEach(item -> visit(item, path, create, visitor));
    } else if (value instanceof Map<?, ?>) {
      var map = Json.map(value);
      if (path.isEmpty()) {
        visitor.accept(map);
        return;
      }
      var key = path.getFirst();
      if (create && map.get(key) == null) {
        map.put(key, new LinkedHashMap<String, @Nullable Object>());
      }
      visit(map.get(key), path.subList(1, path.size()), create, visitor);
    }
  }

  /** Replaces the texts at a path, and texts in lists there. */
  static void replace(
      Map<String, @Nullable Object> content, String path, UnaryOperator<String> change) {
    var slash = path.lastIndexOf('/');
    var key = path.substring(slash + 1);
    if (slash < 0) {
      replaceIn(content, key, change);
    } else {
      visit(content, path.substring(0, slash), false, map -> replaceIn(map, key, change));
    }
  }

  private static void replaceIn(
      Map<String, @Nullable Object> map, String key, UnaryOperator<String> change) {
    if (map.get(key) instanceof String text) {
      map.put(key, change.apply(text));
    } else if (map.get(key) instanceof List<?> list) {
      Json.list(list).replaceAll(item -> item instanceof String text ? change.apply(text) : item);
    }
  }
}
