package io.aviary.source.kustomize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as JSON has them. */
final class Json {

  private Json() {}

  @SuppressWarnings("unchecked") // Keys of what was parsed are texts.
  static Map<String, @Nullable Object> map(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw new IllegalArgumentException("no mapping: " + value);
  }

  @SuppressWarnings("unchecked") // A list of values, whichever.
  static List<@Nullable Object> list(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return (List<@Nullable Object>) list;
    }
    throw new IllegalArgumentException("no list: " + value);
  }

  /** One that can be changed without changing this one. */
  static @Nullable Object copy(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        var copy = new LinkedHashMap<String, @Nullable Object>();
        map.forEach((key, item) -> copy.put(String.valueOf(key), copy(item)));
        yield copy;
      }
      case List<?> list -> {
        var copy = new ArrayList<@Nullable Object>();
        list.forEach(item -> copy.add(copy(item)));
        yield copy;
      }
      case null, default -> value;
    };
  }

  /** Removes keys without a value: the API server does not see them either. */
  static void dropNothings(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      map.values().removeIf(item -> item == null);
      map.values().forEach(Json::dropNothings);
    } else if (value instanceof List<?> list) {
      list.forEach(Json::dropNothings);
    }
  }

  /** How many values there are, with those below. */
  static long size(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> 1 + map.values().stream().mapToLong(Json::size).sum();
      case List<?> list -> 1 + list.stream().mapToLong(Json::size).sum();
      case null, default -> 1;
    };
  }

  static boolean isDeeperThan(int levels, @Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          levels == 0 || map.values().stream().anyMatch(item -> isDeeperThan(levels - 1, item));
      case List<?> list ->
          levels == 0 || list.stream().anyMatch(item -> isDeeperThan(levels - 1, item));
      case null, default -> false;
    };
  }

  static String kind(@Nullable Object value) {
    return switch (value) {
      case null -> "nothing";
      case Map<?, ?> _ -> "a mapping";
      case List<?> _ -> "a list";
      case Number _ -> "a number";
      case Boolean _ -> "true or false";
      default -> "a text";
    };
  }
}
