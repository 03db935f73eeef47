package io.aviary.source;

import java.util.HashMap;
import java.util.Map;

/** Where the keys of a definition stand, so that what is found out later names its line too. */
final class Lines {

  private final String file;
  private final Map<String, Integer> lines = new HashMap<>();

  Lines(String file, Tree root) {
    this.file = file;
    collect("", root);
  }

  private void collect(String path, Tree tree) {
    lines.putIfAbsent(path, tree.line());
    switch (tree) {
      case Tree.Mapping mapping ->
          mapping
              .entries()
              .forEach(
                  (key, entry) -> {
                    var below = Tree.below(path, key);
                    lines.put(below, entry.line());
                    collect(below, entry.value());
                  });
      case Tree.Sequence sequence -> {
        for (var i = 0; i < sequence.items().size(); i++) {
          collect(path + "[" + i + "]", sequence.items().get(i));
        }
      }
      case Tree.Scalar _ -> {
        // Nothing below.
      }
    }
  }

  /** Adds a mistake at a path, or if that is not in the file at what is nearest above it. */
  void add(Findings findings, String path, String sentence) {
    findings.add(file, line(path), path, sentence);
  }

  /** A mistake's file and line, for those who find one later. */
  Mistake at(String path, String sentence) {
    return new Mistake(file, line(path), path, sentence);
  }

  /** Of a path, or if that is not in the file of what is nearest above it. */
  int line(String path) {
    var place = path;
    while (!place.isEmpty() && !lines.containsKey(place)) {
      place =
          place.substring(0, Math.max(0, Math.max(place.lastIndexOf('.'), place.lastIndexOf('['))));
    }
    return lines.getOrDefault(place, 0);
  }
}
