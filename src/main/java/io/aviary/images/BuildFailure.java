package io.aviary.images;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Why a build failed, from the last lines of its log. */
final class BuildFailure {

  private static final int LINES = 30;

  /** {@code Dockerfile:3}, in front of an excerpt of that file. */
  private static final Pattern PLACE = Pattern.compile("(\\S+):(\\d+)");

  /** {@code 3 | >>> RUN make}: the line of the excerpt that failed. */
  private static final Pattern CULPRIT = Pattern.compile("\\s*\\d+ \\| >>> (.*)");

  private static final Pattern ERROR =
      Pattern.compile("(?i)(?:error: failed to solve|error|fatal): (.*)");

  /** How git says over http that it was not let in. */
  private static final Pattern REFUSED =
      Pattern.compile(
          "could not read (Username|Password) for .*|Authentication failed for .*|.* error: 40[134]");

  private final Deque<String> tail = new ArrayDeque<>();

  /** Takes the log's lines, in order. */
  void add(String line) {
    tail.add(line);
    if (tail.size() > LINES) {
      tail.remove();
    }
  }

  List<String> lastLines() {
    return List.copyOf(tail);
  }

  /** The builder's own words and the Dockerfile's line; null: the log says nothing. */
  @Nullable String cause() {
    var error = last(ERROR).map(found -> advised(found.group(1))).or(this::lastWords);
    var culprit = last(CULPRIT).map(found -> found.group(1).strip());
    var place = last(PLACE).map(Matcher::group);
    return error
        .map(
            words ->
                culprit
                    .map(line -> words + " (" + place.map(p -> p + ": ").orElse("") + line + ")")
                    .orElse(words))
        .orElse(null);
  }

  private static String advised(String error) {
    return REFUSED.matcher(error).matches()
        ? error + "; the repository is not there for this server: check aviary.github.token"
        : error;
  }

  private Optional<String> lastWords() {
    return tail.reversed().stream().filter(line -> !line.isBlank()).findFirst();
  }

  private Optional<Matcher> last(Pattern pattern) {
    return tail.reversed().stream().map(pattern::matcher).filter(Matcher::matches).findFirst();
  }
}
