package io.aviary.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits a shell script into commands and words, as far as that can be done without a shell. */
final class Words {

  private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)(?::-[^}]*)?}|(\\w+))");
  private static final char DOLLAR = '\u0001';

  /**
   * One command.
   *
   * @param after what stands before it: {@code ;}, {@code &&} or {@code ||}
   * @param output the file that its standard output goes to; empty: none
   */
  record Command(String after, List<String> words, String output) {}

  private final String text;
  private final Map<String, String> variables;
  private final List<Command> commands = new ArrayList<>();
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean open;
  private boolean redirects;
  private String after = ";";
  private String output = "";

  private Words(String script, Map<String, String> variables) {
    this.text = script.replace("\\\n", " ") + "\n";
    this.variables = variables;
  }

  static List<Command> commands(String script, Map<String, String> variables) {
    var words = new Words(script, variables);
    words.split();
    return List.copyOf(words.commands);
  }

  private void split() {
    var quote = '\0';
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (quote != '\0') {
        if (c == quote) {
          quote = '\0';
        } else {
          word.append(c == '$' && quote == '\'' ? DOLLAR : c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        open = true;
      } else if (c == '\\' && i + 1 < text.length()) {
        i++;
        word.append(text.charAt(i) == '$' ? DOLLAR : text.charAt(i));
        open = true;
      } else if (c == '>') {
        redirect();
      } else if (c == '&' && redirects && word.isEmpty()) {
        word.append(c);
      } else if (c == '\n' || c == ';' || c == '&' || c == '|') {
        endCommand();
        if (i + 1 < text.length() && text.charAt(i + 1) == c) {
          after = "" + c + c;
          i++;
        }
      } else if (Character.isWhitespace(c)) {
        endWord();
      } else {
        word.append(c);
      }
    }
  }

  private void redirect() {
    if (word.toString().equals("1") || word.toString().equals("2")) {
      word.setLength(0);
    }
    endWord();
    redirects = true;
  }

  private void endWord() {
    if (!open && word.isEmpty()) {
      return;
    }
    var expanded = expand(word.toString());
    if (redirects) {
      output = expanded.startsWith("&") ? "" : expanded;
    } else {
      words.add(expanded);
    }
    redirects = false;
    open = false;
    word.setLength(0);
  }

  private void endCommand() {
    endWord();
    if (!words.isEmpty()) {
      commands.add(new Command(after, List.copyOf(words), output));
      words.clear();
    }
    after = ";";
    output = "";
  }

  private String expand(String raw) {
    return VARIABLE
        .matcher(raw)
        .replaceAll(
            match -> {
              var name = match.group(1) == null ? match.group(2) : match.group(1);
              return Matcher.quoteReplacement(variables.getOrDefault(name, match.group()));
            })
        .replace(DOLLAR, '$');
  }
}
