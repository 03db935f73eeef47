package io.aviary.source.kustomize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The operations of RFC 6902 on one object. */
final class JsonPatch {

  private static final Set<String> OPERATIONS =
      Set.of("add", "remove", "replace", "move", "copy", "test");

  private static final int MOST_OPERATIONS = 1000;
  private static final int DEEPEST = 100;

  private final Session session;
  private final Map<String, @Nullable Object> root;
  private final String label;
  private final Place place;

  /**
   * @param root is changed
   * @param place of the patch, which refusals name
   */
  JsonPatch(Session session, Map<String, @Nullable Object> root, String label, Place place) {
    this.session = session;
    this.root = root;
    this.label = label;
    this.place = place;
  }

  void apply(List<?> operations) {
    if (operations.size() > MOST_OPERATIONS) {
      throw place.refusal("has more than " + MOST_OPERATIONS + " operations");
    }
    for (var i = 0; i < operations.size(); i++) {
      if (!(operations.get(i) instanceof Map<?, ?>)) {
        throw place.refusal("operation " + i + " must be a mapping with op and path");
      }
      apply(i, Json.map(operations.get(i)));
    }
    if (Json.isDeeperThan(DEEPEST, root)) {
      throw place.refusal("nests " + label + " deeper than " + DEEPEST + " levels");
    }
  }

  private void apply(int index, Map<String, @Nullable Object> operation) {
    var name = String.valueOf(operation.get("op"));
    var needsFrom = name.equals("move") || name.equals("copy");
    if (!OPERATIONS.contains(name)) {
      throw refusal(index, "op must be one of add, remove, replace, move, copy and test");
    }
    for (var key : operation.keySet()) {
      if (!Set.of("op", "path", needsFrom ? "from" : "value").contains(key)) {
        throw refusal(index, "has " + key + ", which " + name + " does not know");
      }
    }
    var path = pointer(index, operation.get("path"));
    var value = Json.copy(operation.get("value"));
    if (Set.of("add", "replace", "test").contains(name) && !operation.containsKey("value")) {
      throw refusal(index, "has no value");
    }
    switch (name) {
      case "add" -> add(index, path, value);
      case "remove" -> remove(index, path);
      case "replace" -> {
        remove(index, path);
        add(index, path, value);
      }
      case "move" -> {
        var from = pointer(index, operation.get("from"));
        var moved = get(index, from);
        remove(index, from);
        add(index, path, moved);
      }
      case "copy" -> add(index, path, Json.copy(get(index, pointer(index, operation.get("from")))));
      default -> {
        if (!Objects.equals(get(index, path), value)) {
          throw refusal(index, "the test does not hold: " + written(path) + " is another value");
        }
      }
    }
  }

  private List<String> pointer(int index, @Nullable Object pointer) {
    if (!(pointer instanceof String text) || !text.startsWith("/")) {
      throw refusal(index, "path (and from) must be a text that begins with /");
    }
    var parts = new ArrayList<String>();
    for (var part : text.substring(1).split("/", -1)) {
      parts.add(part.replace("~1", "/").replace("~0", "~"));
    }
    return parts;
  }

  private @Nullable Object get(int index, List<String> path) {
    Object value = root;
    for (var i = 0; i < path.size(); i++) {
      value = child(index, value, path.get(i), path.subList(0, i + 1));
    }
    return value;
  }

  private @Nullable Object child(
      int index, @Nullable Object parent, String key, List<String> path) {
    if (parent instanceof Map<?, ?> map && map.containsKey(key)) {
      return map.get(key);
    }
    if (parent instanceof List<?> list) {
      var at = number(key, list.size() - 1);
      if (at >= 0) {
        return list.get(at);
      }
    }
    throw refusal(index, "there is no " + written(path));
  }

  private void add(int index, List<String> path, @Nullable Object value) {
    session.countValues(place, Json.size(value));
    var parent = get(index, path.subList(0, path.size() - 1));
    var key = path.getLast();
    if (parent instanceof Map<?, ?>) {
      Json.map(parent).put(key, value);
      return;
    }
    if (parent instanceof List<?>) {
      var list = Json.list(parent);
      var at = key.equals("-") ? list.size() : number(key, list.size());
      if (at >= 0) {
        list.add(at, value);
        return;
      }
    }
    throw refusal(index, written(path) + " is no place to add to");
  }

  private void remove(int index, List<String> path) {
    var parent = get(index, path.subList(0, path.size() - 1));
    var _ = child(index, parent, path.getLast(), path);
    if (parent instanceof List<?>) {
      var list = Json.list(parent);
      list.remove(number(path.getLast(), list.size() - 1));
    } else {
      Json.map(parent).remove(path.getLast());
    }
  }

  /** Negative: no index up to the last one. */
  private static int number(String key, int last) {
    if (!key.matches("0|[1-9][0-9]{0,5}")) {
      return -1;
    }
    var at = Integer.parseInt(key);
    return at <= last ? at : -1;
  }

  private static String written(List<String> path) {
    return "/" + String.join("/", path);
  }

  private Refusal refusal(int index, String sentence) {
    return place.refusal("for " + label + ": operation " + index + ": " + sentence);
  }
}
