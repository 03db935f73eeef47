package io.aviary.source;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A YAML document with its lines; aliases are resolved. Lines count from 1; 0: not from a file. */
sealed interface Tree {

  int line();

  /** As people call it. */
  String kind();

  /**
   * A value.
   *
   * @param text as written, without quotes
   * @param value a String, Boolean, Integer, Long, BigInteger or Double; null: nothing
   */
  record Scalar(String text, @Nullable Object value, int line) implements Tree {
    @Override
    public String kind() {
      return switch (value) {
        case null -> "nothing";
        case Boolean _ -> "true or false";
        case Number _ -> "a number";
        default -> "a text";
      };
    }
  }

  /** A list. */
  record Sequence(List<Tree> items, int line) implements Tree {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** Keys and values, in the order of the file. */
  record Mapping(Map<String, Entry> entries, int line) implements Tree {
    public Mapping {
      entries = new LinkedHashMap<>(entries);
    }

    @Override
    public String kind() {
      return "a mapping";
    }

    @Override
    public Mapping unplaced() {
      var unplaced = new LinkedHashMap<String, Entry>();
      entries.forEach((key, entry) -> unplaced.put(key, new Entry(entry.value().unplaced(), 0)));
      return new Mapping(unplaced, 0);
    }
  }

  /**
   * A value under a key.
   *
   * @param line of the key
   */
  record Entry(Tree value, int line) {}

  /** The value at a path of keys; null: something on the way is not there. */
  default @Nullable Tree at(String... keys) {
    Tree tree = this;
    for (var key : keys) {
      if (!(tree instanceof Mapping mapping)) {
        return null;
      }
      var entry = mapping.entries().get(key);
      if (entry == null) {
        return null;
      }
      tree = entry.value();
    }
    return tree;
  }

  /** The items of a list at a path of keys; none if there is no list. */
  default List<Tree> items(String... keys) {
    return at(keys) instanceof Sequence sequence ? sequence.items() : List.of();
  }

  /** The text at a path of keys; null: there is none, or it is something else. */
  default @Nullable String text(String... keys) {
    return at(keys) instanceof Scalar scalar && scalar.value() instanceof String text ? text : null;
  }

  /** Keys to texts at a path of keys, e.g. labels; what is no text is left out. */
  default Map<String, String> texts(String... keys) {
    var texts = new LinkedHashMap<String, String>();
    if (at(keys) instanceof Mapping mapping) {
      mapping
          .entries()
          .forEach(
              (key, entry) -> {
                if (entry.value() instanceof Scalar scalar && scalar.value() instanceof String s) {
                  texts.put(key, s);
                }
              });
    }
    return texts;
  }

  /** Visits this and all below, with where it is: {@code spec.containers[0].image}. */
  default void walk(String path, BiConsumer<String, Tree> visitor) {
    visitor.accept(path, this);
    switch (this) {
      case Mapping mapping ->
          mapping.entries().forEach((key, entry) -> entry.value().walk(below(path, key), visitor));
      case Sequence sequence -> {
        for (var i = 0; i < sequence.items().size(); i++) {
          sequence.items().get(i).walk(path + "[" + i + "]", visitor);
        }
      }
      case Scalar _ -> {
        // Nothing below.
      }
    }
  }

  /** The same without lines: for what was made from files and stands in none. */
  default Tree unplaced() {
    return switch (this) {
      case Scalar scalar -> new Scalar(scalar.text(), scalar.value(), 0);
      case Sequence sequence ->
          new Sequence(sequence.items().stream().map(Tree::unplaced).toList(), 0);
      case Mapping mapping -> mapping.unplaced();
    };
  }

  static String below(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /**
   * As parsed JSON. Keys without a value are left out: that is what the API server makes of them.
   */
  default @Nullable Object toJson() {
    return switch (this) {
      case Scalar scalar -> scalar.value();
      case Sequence sequence -> {
        var list = new ArrayList<@Nullable Object>();
        sequence.items().forEach(item -> list.add(item.toJson()));
        yield Collections.unmodifiableList(list);
      }
      case Mapping mapping -> {
        var map = new LinkedHashMap<String, Object>();
        mapping
            .entries()
            .forEach(
                (key, entry) -> {
                  var value = entry.value().toJson();
                  if (value != null) {
                    map.put(key, value);
                  }
                });
        yield Collections.unmodifiableMap(map);
      }
    };
  }
}
