package io.aviary.release;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Globs over paths of a repository, such as {@code services/birds/**}. A path has no leading slash;
 * case counts. {@code *} stands for any characters of one name, {@code ?} for one of them, {@code
 * **} for any characters, slashes too; {@code **}{@code /} also for no folder at all, and a slash
 * at the end for everything below. Everything else stands for itself. Immutable.
 */
public final class PathGlobs {

  private final List<Pattern> patterns;

  private PathGlobs(List<Pattern> patterns) {
    this.patterns = patterns;
  }

  public static PathGlobs of(Collection<String> globs) {
    return new PathGlobs(globs.stream().map(PathGlobs::pattern).toList());
  }

  public boolean matches(String path) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(path).matches());
  }

  /** The first of these paths that one of the globs matches. */
  public Optional<String> firstMatch(Collection<String> paths) {
    return paths.stream().filter(this::matches).findFirst();
  }

  private static Pattern pattern(String glob) {
    var rest = glob.startsWith("/") ? glob.substring(1) : glob;
    if (rest.endsWith("/")) {
      rest += "**";
    }
    var regex = new StringBuilder();
    var at = 0;
    while (at < rest.length()) {
      if (rest.startsWith("**/", at) && (at == 0 || rest.charAt(at - 1) == '/')) {
        regex.append("(?:.*/)?");
        at += 3;
      } else if (rest.startsWith("**", at)) {
        regex.append(".*");
        at += 2;
      } else {
        regex.append(
            switch (rest.charAt(at)) {
              case '*' -> "[^/]*";
              case '?' -> "[^/]";
              default -> Pattern.quote(rest.substring(at, at + 1));
            });
        at++;
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
