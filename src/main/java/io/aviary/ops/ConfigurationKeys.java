package io.aviary.ops;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The keys that configuration records have; {@code []} stands for any place in a list. */
final class ConfigurationKeys {

  private static final Pattern PLACE = Pattern.compile("\\[\\d+]");

  private final TreeSet<String> keys = new TreeSet<>();

  /** The same as they are compared, because thousands of keys may be looked for. */
  private final Set<String> uniformKeys = new HashSet<>();

  /** Below these anything may stand. */
  private final Set<String> uniformOpen = new HashSet<>();

  void addKey(String key) {
    keys.add(key);
    uniformKeys.add(uniform(key));
  }

  private void addOpen(String key) {
    uniformOpen.add(uniform(key));
  }

  void add(String prefix, Class<?> type) {
    if (!type.isRecord()) {
      addOpen(prefix);
      return;
    }
    for (var component : type.getRecordComponents()) {
      add(prefix + "." + kebab(component.getName()), component);
    }
  }

  private void add(String key, RecordComponent component) {
    var type = component.getType();
    if (type.isRecord()) {
      add(key, type);
    } else if (Map.class.isAssignableFrom(type)) {
      addOpen(key);
    } else if (Collection.class.isAssignableFrom(type)) {
      addKey(key);
      var element = element(component.getGenericType());
      if (element.isRecord()) {
        add(key + "[]", element);
      } else {
        addKey(key + "[]");
      }
    } else {
      addKey(key);
    }
  }

  private static Class<?> element(Type type) {
    return type instanceof ParameterizedType parameterized
            && parameterized.getActualTypeArguments()[0] instanceof Class<?> element
        ? element
        : Object.class;
  }

  /** Whether some record has the key; it may be in any of the forms that Spring accepts. */
  boolean has(String key) {
    var plain = plain(key);
    return uniformKeys.contains(plain)
        || uniformOpen.stream()
            .anyMatch(
                root ->
                    plain.startsWith(root)
                        && (plain.length() == root.length()
                            || plain.charAt(root.length()) == '.'
                            || plain.charAt(root.length()) == '['));
  }

  /** A known key that looks much like this one. */
  Optional<String> nearest(String key) {
    var plain = plain(key);
    return keys.stream()
        .filter(known -> distance(uniform(known), plain) <= 2)
        .findFirst()
        .map(known -> withPlaces(known, key));
  }

  private static String withPlaces(String known, String key) {
    var places = PLACE.matcher(key).results().map(place -> place.group()).iterator();
    return Pattern.compile("\\[]")
        .matcher(known)
        .replaceAll(found -> places.hasNext() ? places.next() : "[0]");
  }

  private static String plain(String key) {
    return uniform(PLACE.matcher(key).replaceAll("[]"));
  }

  private static String uniform(String key) {
    return key.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  static String kebab(String name) {
    return Pattern.compile("(?<=[a-z0-9])[A-Z]")
        .matcher(name)
        .replaceAll(found -> "-" + found.group())
        .toLowerCase(Locale.ROOT);
  }

  /** Of a path of Bean Validation's. */
  static String kebabPath(String path) {
    return List.of(path.split("\\.", -1)).stream()
        .map(ConfigurationKeys::kebab)
        .collect(Collectors.joining("."));
  }

  private static int distance(String one, String other) {
    var previous = new int[other.length() + 1];
    for (var j = 0; j <= other.length(); j++) {
      previous[j] = j;
    }
    for (var i = 1; i <= one.length(); i++) {
      var current = new int[other.length() + 1];
      current[0] = i;
      for (var j = 1; j <= other.length(); j++) {
        var same = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        current[j] = Math.min(Math.min(current[j - 1], previous[j]) + 1, previous[j - 1] + same);
      }
      previous = current;
    }
    return previous[other.length()];
  }
}
