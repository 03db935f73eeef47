package io.aviary.source;

import java.util.List;
import java.util.stream.Stream;

/** What {@link List} lacks. */
final class Lists {

  private Lists() {}

  static <T> List<T> concat(List<T> first, List<T> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
