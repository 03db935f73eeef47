package io.aviary.source;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects mistakes, each once. */
final class Findings {

  private final Set<Mistake> mistakes = new LinkedHashSet<>();

  void add(String file, int line, String key, String sentence) {
    mistakes.add(new Mistake(file, line, key, sentence));
  }

  void addAll(Findings others) {
    mistakes.addAll(others.mistakes);
  }

  boolean isEmpty() {
    return mistakes.isEmpty();
  }

  /** By file in the order of their first mistakes, then by line. */
  List<Mistake> sorted() {
    var files = new ArrayList<>(new LinkedHashSet<>(mistakes.stream().map(Mistake::file).toList()));
    return mistakes.stream()
        .sorted(
            Comparator.comparingInt((Mistake mistake) -> files.indexOf(mistake.file()))
                .thenComparingInt(Mistake::line))
        .toList();
  }
}
