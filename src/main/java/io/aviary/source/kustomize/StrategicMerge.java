package io.aviary.source.kustomize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lays a patch over an object: mappings are merged, keys without a value removed, lists replaced;
 * lists of {@link MergeKeys} are merged by their keys, with what the patch has in front.
 */
final class StrategicMerge {

  private static final String DIRECTIVE = "$patch";

  private final Resource resource;
  private final Place place;

  /**
   * @param place of the patch, which refusals name
   */
  StrategicMerge(Resource resource, Place place) {
    this.resource = resource;
    this.place = place;
  }

  /**
   * The object with the patch on it; its kind and names are as they were.
   *
   * @param patch is not changed
   * @return empty: the patch deletes it
   */
  Optional<Map<String, @Nullable Object>> apply(Map<String, @Nullable Object> patch) {
    var change = Json.map(Json.copy(patch));
    change.remove("apiVersion");
    change.remove("kind");
    if (change.get("metadata") instanceof Map<?, ?> map) {
      map.remove("name");
      map.remove("namespace");
    }
    if ("replace".equals(change.get(DIRECTIVE))) {
      throw place.refusal(
          "for "
              + resource.id().label()
              + ": has $patch: replace at its top, which Kustomize passes over; change the file, or"
              + " replace what is below spec");
    }
    var merged = merge(Json.copy(resource.content()), change, "");
    return merged == null ? Optional.empty() : Optional.of(Json.map(merged));
  }

  /** Null: nothing is left. */
  private @Nullable Object merge(@Nullable Object target, @Nullable Object patch, String path) {
    return switch (patch) {
      case null -> null;
      case Map<?, ?> map -> merge(target, Json.map(map), path);
      case List<?> list -> merge(target, Json.list(list), path);
      default -> {
        check(target, patch, path);
        yield patch;
      }
    };
  }

  private @Nullable Object merge(
      @Nullable Object target, Map<String, @Nullable Object> patch, String path) {
    var directive = patch.remove(DIRECTIVE);
    if ("delete".equals(directive)) {
      return null;
    }
    if (directive != null && !"replace".equals(directive) && !"merge".equals(directive)) {
      throw refusal(path, "has $patch: " + directive + "; there are delete, replace and merge");
    }
    check(target, patch, path);
    var merged =
        target == null || "replace".equals(directive)
            ? new LinkedHashMap<String, @Nullable Object>()
            : Json.map(target);
    patch.forEach(
        (key, value) -> {
          var below = path.isEmpty() ? key : path + "/" + key;
          if (key.startsWith("$")) {
            throw refusal(below, "is a directive that is not understood; use $patch");
          }
          var result = merge(merged.get(key), value, below);
          if (result == null) {
            merged.remove(key);
          } else {
            merged.put(key, result);
          }
        });
    return merged;
  }

  private @Nullable Object merge(
      @Nullable Object target, List<@Nullable Object> patch, String path) {
    check(target, patch, path);
    if (patch.stream().anyMatch(StrategicMerge::replacesAll)) {
      var rest = new ArrayList<@Nullable Object>(patch);
      rest.removeIf(StrategicMerge::replacesAll);
      return merge(null, rest, path);
    }
    var keys = MergeKeys.of(resource, path);
    if (keys.isPresent()) {
      return mergeByKey(target == null ? List.of() : Json.list(target), patch, keys.get(), path);
    }
    if (path.equals("metadata/finalizers")) {
      throw refusal(path, "are not changed by strategic merges here; use a JSON patch");
    }
    // Directives have no meaning where the whole list is new.
    var items = new ArrayList<@Nullable Object>();
    for (var item : patch) {
      if (item instanceof Map<?, ?> map && map.containsKey(DIRECTIVE)) {
        throw refusal(path, "is replaced as a whole; $patch cannot pick an item of it");
      }
      items.add(item instanceof Map<?, ?> ? merge(null, item, path) : item);
    }
    return items;
  }

  /** An item that says nothing but that the list is replaced. */
  private static boolean replacesAll(@Nullable Object item) {
    return item instanceof Map<?, ?> map && map.equals(Map.of(DIRECTIVE, "replace"));
  }

  private List<@Nullable Object> mergeByKey(
      List<@Nullable Object> target, List<@Nullable Object> patch, List<String> keys, String path) {
    var rest = new ArrayList<@Nullable Object>(target);
    var merged = new ArrayList<@Nullable Object>();
    for (var item : patch) {
      if (!(item instanceof Map<?, ?>) || Json.map(item).get(keys.getFirst()) == null) {
        throw refusal(path, "has an item without " + keys.getFirst() + ", by which it is known");
      }
      var change = Json.map(item);
      if ("replace".equals(change.get(DIRECTIVE))) {
        throw refusal(
            path,
            "has $patch: replace in an item, which Kustomize passes over; delete it and add another,"
                + " or use a JSON patch");
      }
      if (merged.stream().anyMatch(one -> isSame(one, change, keys, path))) {
        throw refusal(path, "has " + change.get(keys.getFirst()) + " twice");
      }
      var same = rest.stream().filter(one -> isSame(one, change, keys, path)).findFirst();
      same.ifPresent(rest::remove);
      var result = merge(same.orElse(null), change, path);
      if (result != null) {
        merged.add(result);
      }
    }
    merged.addAll(rest);
    return merged;
  }

  private boolean isSame(
      @Nullable Object item, Map<String, @Nullable Object> change, List<String> keys, String path) {
    if (!(item instanceof Map<?, ?>)) {
      return false;
    }
    var there = Json.map(item);
    var first = keys.getFirst();
    if (!Objects.equals(there.get(first), change.get(first))) {
      return false;
    }
    for (var key : keys) {
      if ((there.get(key) == null) != (change.get(key) == null)) {
        throw refusal(
            path,
            "has an item with the "
                + first
                + " "
                + change.get(first)
                + " in both the object and the patch, but only one says its "
                + key
                + ", so that it is unclear whether they are the same; write it in both, or in none");
      }
      if (!Objects.equals(there.get(key), change.get(key))) {
        return false;
      }
    }
    return true;
  }

  private void check(@Nullable Object target, Object patch, String path) {
    var isSameKind =
        target == null
            || ((patch instanceof Map<?, ?>) == (target instanceof Map<?, ?>)
                && (patch instanceof List<?>) == (target instanceof List<?>));
    if (!isSameKind) {
      throw refusal(path, "is " + Json.kind(patch) + ", but in the object " + Json.kind(target));
    }
  }

  private Refusal refusal(String path, String sentence) {
    return place.refusal(
        "for " + resource.id().label() + ": " + path.replace('/', '.') + " " + sentence);
  }
}
