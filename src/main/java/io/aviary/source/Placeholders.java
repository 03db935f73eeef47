package io.aviary.source;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code $NAME} in texts of {@code aviary.yml}. {@code $$} is a dollar. What is no name that is
 * known stays as it is, so that the shell's own {@code $HOME}, {@code ${…}} and {@code $(…)} can be
 * written in a command.
 */
public final class Placeholders {

  /** Known in {@code args}, {@code tag}, {@code command} and {@code env}. */
  public static final Set<String> OF_RUNS = Set.of("REVISION", "SHORT_REVISION", "BRANCH", "RUN");

  /** Known in queries of metrics. */
  public static final Set<String> OF_QUERIES = Set.of("PODS", "WINDOW");

  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\$(?:(\\$)|([A-Za-z_][A-Za-z0-9_]*))");

  private Placeholders() {}

  /**
   * @param values by name, without the dollar
   */
  public static String replace(String text, Map<String, String> values) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            match -> {
              var name = match.group(2);
              var value = name == null ? "$" : values.getOrDefault(name, match.group());
              return Matcher.quoteReplacement(value);
            });
  }

  /** Whether a text has this placeholder. */
  static boolean has(String text, String name) {
    return PLACEHOLDER.matcher(text).results().anyMatch(match -> name.equals(match.group(2)));
  }

  /**
   * Says which placeholder was likely meant to be another one; null: nothing is wrong.
   *
   * @param strict every name that is not known is wrong, because no shell reads the text
   */
  static @Nullable String mistake(String text, Set<String> known, boolean strict) {
    for (var match : PLACEHOLDER.matcher(text).results().toList()) {
      var name = match.group(2);
      if (name == null || known.contains(name)) {
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
