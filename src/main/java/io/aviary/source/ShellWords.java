package io.aviary.source;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Words of a shell command as a person would read them; nothing is expanded or run. */
final class ShellWords {

  private ShellWords() {}

  /** Null: a quote is not closed. */
  static @Nullable List<String> of(String command) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    var inWord = false;
    char quote = 0;
    for (var i = 0; i < command.length(); i++) {
      var c = command.charAt(i);
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else if (c == '\\' && quote == '"' && i + 1 < command.length()) {
          word.append(command.charAt(++i));
        } else {
          word.append(c);
        }
      } else if (c == '"' || c == '\'') {
        quote = c;
        inWord = true;
      } else if (Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
      } else {
        if (c == '\\' && i + 1 < command.length()) {
          i++;
          word.append(command.charAt(i));
        } else {
          word.append(c);
        }
        inWord = true;
      }
    }
    if (quote != 0) {
      return null;
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }
}
