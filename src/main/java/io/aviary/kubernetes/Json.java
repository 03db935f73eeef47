package io.aviary.kubernetes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reading and copying parsed JSON. What has another type than asked for counts as absent.
 *
 * <p>Objects of the cluster are read this way and not into the client's model, whose hundreds of
 * classes take seconds to get ready at the first object, and megabytes for good, for the few fields
 * that are of interest here.
 */
public final class Json {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private Json() {}

  /**
   * An object.
   *
   * @throws JacksonException if it is none
   */
  static Map<String, Object> read(byte[] json) {
    return MAPPER.readValue(json, MAP);
  }

  static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** The map at a path; empty where there is none. */
  public static Map<String, Object> map(@Nullable Object value, String... path) {
    return at(value, path) instanceof Map<?, ?> map ? typed(map) : Map.of();
  }

  static List<Object> list(@Nullable Object value, String... path) {
    return at(value, path) instanceof List<?> list ? List.copyOf(nonNull(list)) : List.of();
  }

  /** The maps of a list. */
  public static List<Map<String, Object>> maps(@Nullable Object value, String... path) {
    return list(value, path).stream().map(item -> map(item)).toList();
  }

  static long number(@Nullable Object value, String... path) {
    return at(value, path) instanceof Number number ? number.longValue() : 0;
  }

  public static int numberOr(int otherwise, @Nullable Object value, String... path) {
    return at(value, path) instanceof Number number ? number.intValue() : otherwise;
  }

  /** The strings of a map, e.g. labels. */
  static Map<String, String> texts(@Nullable Object value, String... path) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(value, path).forEach((key, text) -> texts.put(key, String.valueOf(text)));
    return Map.copyOf(texts);
  }

  static String textOr(String otherwise, @Nullable Object value, String... path) {
    var text = text(value, path);
    return text == null || text.isBlank() ? otherwise : text;
  }

  public static @Nullable String text(@Nullable Object value, String... path) {
    return at(value, path) instanceof String text ? text : null;
  }

  public static @Nullable Object at(@Nullable Object value, String... path) {
    @Nullable Object here = value;
    for (var key : path) {
      here = here instanceof Map<?, ?> map ? map.get(key) : null;
    }
    return here;
  }

  /** A deep copy that may be changed; null values are left out. */
  public static Map<String, Object> copy(Map<?, ?> map) {
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
  public static Map<String, Object> child(Map<String, Object> copy, String key) {
    return typed(
        (Map<?, ?>)
            copy.compute(
                key, (k, old) -> old instanceof Map<?, ?> map ? map : new LinkedHashMap<>()));
  }

  /** Puts a value at a path of a copy, with the maps above it made where they are missing. */
  public static void put(Map<String, Object> copy, Object value, String... path) {
    var here = copy;
    for (var key : List.of(path).subList(0, path.length - 1)) {
      here = child(here, key);
    }
    here.put(path[path.length - 1], value);
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
