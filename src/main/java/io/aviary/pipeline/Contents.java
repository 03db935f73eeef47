package io.aviary.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reading and changing objects in the form of parsed JSON. */
final class Contents {

  private Contents() {}

  /** A deep copy that may be changed. */
  static Map<String, Object> copy(Map<String, Object> content) {
    var copy = new LinkedHashMap<String, Object>();
    content.forEach((key, value) -> copy.put(key, copied(value)));
    return copy;
  }

  private static Object copied(Object value) {
    return switch (value) {
      case Map<?, ?> map -> copy(typed(map));
      case List<?> list -> {
        var items = new ArrayList<Object>();
        list.forEach(item -> items.add(copied(item)));
        yield items;
      }
      default -> value;
    };
  }

  static @Nullable Object at(@Nullable Object value, String... path) {
    var here = value;
    for (var key : path) {
      here = here instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return here;
  }

  static @Nullable String text(@Nullable Object value, String... path) {
    return at(value, path) instanceof String text ? text : null;
  }

  static int number(@Nullable Object value, int otherwise, String... path) {
    return at(value, path) instanceof Number number ? number.intValue() : otherwise;
  }

  /** An empty map where there is none. */
  static Map<String, Object> map(@Nullable Object value, String... path) {
    return at(value, path) instanceof Map<?, ?> map ? typed(map) : Map.of();
  }

  static List<Map<String, Object>> maps(@Nullable Object value, String... path) {
    var maps = new ArrayList<Map<String, Object>>();
    if (at(value, path) instanceof List<?> list) {
      for (var item : list) {
        if (item instanceof Map<?, ?> map) {
          maps.add(typed(map));
        }
      }
    }
    return maps;
  }

  /** Puts a value at a path of a copy, and makes the maps above it where there are none. */
  static void put(Map<String, Object> copy, Object value, String... path) {
    var here = copy;
    for (var i = 0; i < path.length - 1; i++) {
      var below =
          here.get(path[i]) instanceof Map<?, ?> map
              ? typed(map)
              : new LinkedHashMap<String, Object>();
      here.put(path[i], below);
      here = below;
    }
    here.put(path[path.length - 1], value);
  }

  @SuppressWarnings("unchecked") // keys of JSON are texts
  private static Map<String, Object> typed(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }
}
