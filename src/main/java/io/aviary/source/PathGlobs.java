package io.aviary.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Globs over paths of a repository: {@code *} and {@code ?} stay within a name, {@code **} spans
 * folders (also none), <code>{a,b}</code> is a choice, and all else is literal. A glob is compared
 * with the whole path, from the repository's root; one that ends with {@code /} stands for all that
 * the folder has.
 */
public final class PathGlobs {

  private final List<Pattern> patterns;

  private PathGlobs(List<Pattern> patterns) {
    this.patterns = patterns;
  }

  /**
   * @param globs none: every path matches
   * @throws IllegalArgumentException if a brace is not closed
   */
  public static PathGlobs of(List<String> globs) {
    return new PathGlobs(globs.stream().map(PathGlobs::pattern).toList());
  }

  public boolean matches(String path) {
    return patterns.isEmpty()
        || patterns.stream().anyMatch(pattern -> pattern.matcher(path).matches());
  }

  /**
   * Whether a change of these paths counts; without any glob every change does, an empty one too.
   */
  public boolean matchAny(Collection<String> paths) {
    return patterns.isEmpty() || paths.stream().anyMatch(this::matches);
  }

  private static Pattern pattern(String glob) {
    var rest = glob.startsWith("/") ? glob.substring(1) : glob;
    var whole = rest.endsWith("/") ? rest + "**" : rest;
    var regex = new StringBuilder();
    var ends = new ArrayList<Integer>();
    for (var i = 0; i < whole.length(); i++) {
      var c = whole.charAt(i);
      if (whole.startsWith("**/", i) && (i == 0 || whole.charAt(i - 1) == '/')) {
        regex.append("(?:.*/)?");
        i += 2;
      } else if (whole.startsWith("**", i)) {
        regex.append(".*");
        i += 1;
      } else if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else if (c == '{') {
        ends.add(i);
        regex.append("(?:");
      } else if (c == ',' && !ends.isEmpty()) {
        regex.append('|');
      } else if (c == '}' && !ends.isEmpty()) {
        ends.removeLast();
        regex.append(')');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    if (!ends.isEmpty()) {
      throw new IllegalArgumentException("the glob '" + glob + "' has a { without }");
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
