package io.aviary.traffic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reading and changing parsed JSON. What has another type than asked for counts as absent. */
final class Fields {

  private Fields() {}

  /** The map at a path, the original and not a copy; an empty one where there is none. */
  static Map<String, Object> map(@Nullable Object value, String... path) {
    return at(value, path) instanceof Map<?, ?> map ? typed(map) : Map.of();
  }

  /** The maps in the list at a path, the originals and not copies. */
  static List<Map<String, Object>> maps(@Nullable Object value, String... path) {
    List<Map<String, Object>> maps = new ArrayList<>();
    if (at(value, path) instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> map) {
          maps.add(typed(map));
        }
      }
    }
    return maps;
  }

  static @Nullable String text(@Nullable Object value, String... path) {
    return at(value, path) instanceof String text ? text : null;
  }

  static int number(@Nullable Object value, int otherwise) {
    return value instanceof Number number ? number.intValue() : otherwise;
  }

  /** The entries of the map at a path whose values are texts, sorted. */
  static Map<String, String> texts(@Nullable Object value, String... path) {
    Map<String, String> texts = new TreeMap<>();
    map(value, path)
        .forEach(
            (key, one) -> {
              if (one instanceof String text) {
                texts.put(key, text);
              }
            });
    return texts;
  }

  static @Nullable String annotation(Map<String, Object> object, String key) {
    return text(object, "metadata", "annotations", key);
  }

  /** Sets an annotation of an object that may be changed; null removes it. */
  static void annotate(Map<String, Object> object, String key, @Nullable String value) {
    var metadata = child(object, "metadata");
    var annotations = child(metadata, "annotations");
    if (value == null) {
      annotations.remove(key);
    } else {
      annotations.put(key, value);
    }
    if (annotations.isEmpty()) {
      metadata.remove("annotations");
    }
  }

  /** A deep copy. */
  static Map<String, Object> copy(Map<String, Object> map) {
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put(key, copied(value)));
    return copy;
  }

  private static Object copied(Object value) {
    return switch (value) {
      case Map<?, ?> map -> copy(typed(map));
      case List<?> list -> {
        List<Object> items = new ArrayList<>();
        list.forEach(item -> items.add(copied(item)));
        yield items;
      }
      default -> value;
    };
  }

  static @Nullable Object at(@Nullable Object value, String... path) {
    @Nullable Object here = value;
    for (var key : path) {
      here = here instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return here;
  }

  private static Map<String, Object> child(Map<String, Object> parent, String key) {
    return typed(
        (Map<?, ?>)
            parent.compute(
                key, (k, old) -> old instanceof Map<?, ?> map ? map : new LinkedHashMap<>()));
  }

  @SuppressWarnings("unchecked") // keys of JSON are strings
  private static Map<String, Object> typed(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }
}
