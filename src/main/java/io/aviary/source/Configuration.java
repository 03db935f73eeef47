package io.aviary.source;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A definition in the server's configuration, as a tree without lines. */
final class Configuration {

  private Configuration() {}

  static Tree tree(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map when isList(map) ->
          new Tree.Sequence(
              map.entrySet().stream()
                  .sorted(
                      Comparator.comparingInt(entry -> Integer.parseInt(entry.getKey().toString())))
                  .map(entry -> tree(entry.getValue()))
                  .toList(),
              0);
      case Map<?, ?> map -> {
        var entries = new LinkedHashMap<String, Tree.Entry>();
        map.forEach((key, item) -> entries.put(key.toString(), new Tree.Entry(tree(item), 0)));
        yield new Tree.Mapping(entries, 0);
      }
      case List<?> list -> new Tree.Sequence(list.stream().map(Configuration::tree).toList(), 0);
      // What was a number in the file may have become a text on its way.
      case String text -> new Tree.Scalar(text, Scalars.CORE.resolve(text), 0);
      case null -> new Tree.Scalar("", null, 0);
      default -> new Tree.Scalar(value.toString(), value, 0);
    };
  }

  /** Spring binds lists inside of maps as maps with the keys 0, 1 … */
  private static boolean isList(Map<?, ?> map) {
    for (var i = 0; i < map.size(); i++) {
      if (!map.containsKey(String.valueOf(i))) {
        return false;
      }
    }
    return !map.isEmpty();
  }
}
