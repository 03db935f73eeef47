package io.aviary.source;

import io.aviary.release.Placeholders;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds placeholders in texts of {@code aviary.yml} that are likely meant to be others. */
final class PlaceholderNames {

  /** Known in {@code args}, {@code tag}, {@code command} and {@code env}. */
  static final Set<String> OF_RUNS = Set.of("REVISION", "SHORT_REVISION", "BRANCH", "RUN");

  /** Known in queries of metrics. */
  static final Set<String> OF_QUERIES = Set.of("PODS", "WINDOW");

  private PlaceholderNames() {}

  /**
   * Says which placeholder was likely meant to be another one; null: nothing is wrong.
   *
   * @param strict every name that is not known is wrong, because no shell reads the text
   */
  static @Nullable String mistake(String text, Set<String> known, boolean strict) {
    for (var name : Placeholders.namesIn(text)) {
      if (known.contains(name)) {
        continue;
      }
      var meant = Pattern.matches("[A-Z_]+", name) ? Names.nearest(name, known) : null;
      if (meant != null) {
        return "there is no placeholder $" + name + "; did you mean $" + meant + "?";
      }
      if (strict) {
        return "there is no placeholder $" + name + "; known here are " + list(known);
      }
    }
    return null;
  }

  private static String list(Set<String> known) {
    return String.join(", ", new TreeSet<>(known).stream().map(name -> "$" + name).toList());
  }
}
