package io.aviary.kubernetes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reading and copying parsed JSON. What has another type than asked for counts as absent. */
final class Json {

  private Json() {}

  /** The map at a path; empty where there is none. */
  static Map<String, Object> map(@Nullable Object value, String... path) {
    return at(value, path) instanceof Map<?, ?> map ? typed(map) : Map.of();
  }

  static List<Object> list(@Nullable Object value, String... path) {
    return at(value, path) instanceof List<?> list ? List.copyOf(nonNull(list)) : List.of();
  }

  static @Nullable String text(@Nullable Object value, String... path) {
    return at(value, path) instanceof String text ? text : null;
  }

  static @Nullable Object at(@Nullable Object value, String... path) {
    @Nullable Object here = value;
    for (var key : path) {
      here = here instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return here;
  }

  /** A deep copy that may be changed; null values are left out. */
  static Map<String, Object> copy(Map<?, ?> map) {
    Map<String, Object> copy = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          if (value != null) {
            copy.put(String.valueOf(key), copied(value));
          }
        });
    return copy;
  }

  /** The map at a key of a copy, made there if it is missing, to be changed. */
  static Map<String, Object> child(Map<String, Object> copy, String key) {
    return typed(
        (Map<?, ?>)
            copy.compute(
                key, (k, old) -> old instanceof Map<?, ?> map ? map : new LinkedHashMap<>()));
  }

  private static Object copied(Object value) {
    return switch (value) {
      case Map<?, ?> map -> copy(map);
      case List<?> list -> {
        List<Object> items = new ArrayList<>();
        nonNull(list).forEach(item -> items.add(copied(item)));
        yield items;
      }
      default -> value;
    };
  }

  private static List<Object> nonNull(List<?> list) {
    List<Object> items = new ArrayList<>();
    for (Object item : list) {
      if (item != null) {
        items.add(item);
      }
    }
    return items;
  }

  @SuppressWarnings("unchecked") // keys of JSON are strings
  private static Map<String, Object> typed(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }
}
