package io.aviary.source.kustomize;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a kustomization file. Each key that is asked for is known, and {@link #end} refuses
 * the others: nothing that somebody wrote goes without effect.
 */
final class Block {

  private final Session session;
  private final String file;
  private final ToIntFunction<String> line;
  private final String path;
  private final Map<String, @Nullable Object> content;
  private final Set<String> known = new HashSet<>();

  Block(
      Session session,
      String file,
      ToIntFunction<String> line,
      String path,
      Map<String, @Nullable Object> content) {
    this.session = session;
    this.file = file;
    this.line = line;
    this.path = path;
    this.content = content;
  }

  /** Where a key stands; empty: this block. */
  Place place(String key) {
    var full = key.isEmpty() ? path : path.isEmpty() ? key : path + "." + key;
    return new Place(file, line.applyAsInt(full), full);
  }

  boolean has(String key) {
    known.add(key);
    return content.get(key) != null;
  }

  /** Empty if it is not there. */
  String text(String key) {
    var text = optionalText(key);
    return text == null ? "" : text;
  }

  @Nullable String optionalText(String key) {
    if (!has(key)) {
      return null;
    }
    if (content.get(key) instanceof String text) {
      return text;
    }
    session.refuse(place(key).refusal("must be a text, in quotes if it looks like something else"));
    return null;
  }

  boolean flag(String key) {
    if (!has(key)) {
      return false;
    }
    if (content.get(key) instanceof Boolean flag) {
      return flag;
    }
    session.refuse(place(key).refusal("must be true or false"));
    return false;
  }

  @Nullable Integer count(String key) {
    if (content.get(key) instanceof Integer count && count >= 0) {
      known.add(key);
      return count;
    }
    known.add(key);
    session.refuse(place(key).refusal("must be a whole number of 0 or more"));
    return null;
  }

  List<String> texts(String key) {
    var texts = new ArrayList<String>();
    var items = items(key);
    for (var i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof String text) {
        texts.add(text);
      } else {
        session.refuse(place(key + "[" + i + "]").refusal("must be a text"));
      }
    }
    return texts;
  }

  /** Keys to texts, e.g. labels. */
  Map<String, String> pairs(String key) {
    var pairs = new LinkedHashMap<String, String>();
    if (has(key)) {
      if (content.get(key) instanceof Map<?, ?> map) {
        map.forEach(
            (name, value) -> {
              if (value instanceof String text) {
                pairs.put(String.valueOf(name), text);
              } else {
                session.refuse(place(key + "." + name).refusal("must be a text; put it in quotes"));
              }
            });
      } else {
        session.refuse(place(key).refusal("must be a mapping of texts"));
      }
    }
    return pairs;
  }

  List<Block> blocks(String key) {
    var blocks = new ArrayList<Block>();
    var items = items(key);
    for (var i = 0; i < items.size(); i++) {
      var below = key + "[" + i + "]";
      if (items.get(i) instanceof Map<?, ?>) {
        blocks.add(below(below, Json.map(items.get(i))));
      } else {
        session.refuse(place(below).refusal("must be a mapping"));
      }
    }
    return blocks;
  }

  /** Without keys if it is not there. */
  Block block(String key) {
    if (has(key) && !(content.get(key) instanceof Map<?, ?>)) {
      session.refuse(place(key).refusal("must be a mapping"));
    }
    return below(
        key, content.get(key) instanceof Map<?, ?> ? Json.map(content.get(key)) : Map.of());
  }

  private Block below(String key, Map<String, @Nullable Object> map) {
    return new Block(session, file, line, place(key).key(), map);
  }

  private List<?> items(String key) {
    if (!has(key)) {
      return List.of();
    }
    if (content.get(key) instanceof List<?> list) {
      return list;
    }
    session.refuse(place(key).refusal("must be a list"));
    return List.of();
  }

  /** Its value says something that is understood, but has no effect here. */
  void accept(String key) {
    known.add(key);
  }

  void refuse(String key, String sentence) {
    if (has(key)) {
      session.refuse(place(key).refusal(sentence));
    }
  }

  void end() {
    for (var key : content.keySet()) {
      if (!known.contains(key)) {
        session.refuse(
            place(key)
                .refusal("is not understood by Aviary, or not known to Kustomize; leave it out"));
      }
    }
  }
}
