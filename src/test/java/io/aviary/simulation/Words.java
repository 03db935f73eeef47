package io.aviary.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits a shell script into words, as far as that can be done without being a shell. */
final class Words {

  private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)(?::-[^}]*)?}|(\\w+))");

  private Words() {}

  /** Commands of a script, each as its words: split at newline, {@code ;} and {@code &&}. */
  static List<List<String>> commands(String script, Map<String, String> variables) {
    var commands = new ArrayList<List<String>>();
    var command = new ArrayList<String>();
    var word = new StringBuilder();
    var open = false;
    var quote = '\0';
    var text = script.replace("\\\n", " ") + "\n";
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (quote != '\0') {
        if (c == quote) {
          quote = '\0';
        } else {
          word.append(c == '$' && quote == '\'' ? '\u0001' : c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        open = true;
      } else if (c == '\\' && i + 1 < text.length()) {
        i++;
        word.append(text.charAt(i));
        open = true;
      } else if (Character.isWhitespace(c) || c == ';' || c == '&' || c == '|') {
        if (open || !word.isEmpty()) {
          command.add(expand(word.toString(), variables));
          word.setLength(0);
          open = false;
        }
        if (c != ' ' && c != '\t' && !command.isEmpty()) {
          commands.add(List.copyOf(command));
          command.clear();
        }
      } else {
        word.append(c);
      }
    }
    return commands;
  }

  private static String expand(String word, Map<String, String> variables) {
    return VARIABLE
        .matcher(word)
        .replaceAll(
            match -> {
              var name = match.group(1) == null ? match.group(2) : match.group(1);
              return Matcher.quoteReplacement(variables.getOrDefault(name, match.group()));
            })
        .replace('\u0001', '$');
  }
}
