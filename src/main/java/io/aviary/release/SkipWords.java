package io.aviary.release;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The words by which a commit's message asks for no release; GitHub's own. */
public final class SkipWords {

  private static final List<String> WORDS =
      List.of("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]");

  private SkipWords() {}

  /** The first of them that the message has, in any case of letters. */
  public static Optional<String> in(@Nullable String message) {
    if (message == null) {
      return Optional.empty();
    }
    var lower = message.toLowerCase(Locale.ROOT);
    return WORDS.stream().filter(lower::contains).findFirst();
  }
}
