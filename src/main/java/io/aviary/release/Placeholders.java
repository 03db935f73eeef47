package io.aviary.release;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands for a run's facts in {@code args}, {@code tag}, {@code command} and {@code env} of
 * {@code aviary.yml}: {@code $REVISION}, {@code $SHORT_REVISION}, {@code $BRANCH}, {@code $RUN}.
 * {@code $$} is a dollar sign; every other {@code $NAME} stays as written, so that a shell may have
 * it.
 */
public final class Placeholders {

  private static final Pattern DOLLAR = Pattern.compile("\\$(\\$|[A-Za-z_][A-Za-z0-9_]*)");

  private final Map<String, String> values;

  /**
   * @param revision 40 hex digits
   */
  public Placeholders(String revision, String branch, long run) {
    values =
        Map.of(
            "REVISION",
            revision,
            "SHORT_REVISION",
            revision.substring(0, 7),
            "BRANCH",
            branch,
            "RUN",
            Long.toString(run));
  }

  public String replaceIn(String text) {
    return replace(text, values);
  }

  /** Replaces in the values, not in the keys; sorted by key. */
  public Map<String, String> replaceIn(Map<String, String> texts) {
    var replaced = new TreeMap<String, String>();
    texts.forEach((key, text) -> replaced.put(key, replaceIn(text)));
    return replaced;
  }

  /**
   * The same with other names, such as those of a metric's query.
   *
   * @param values by name, without the dollar
   */
  public static String replace(String text, Map<String, String> values) {
    return DOLLAR
        .matcher(text)
        .replaceAll(
            found -> {
              var name = found.group(1);
              return Matcher.quoteReplacement(
                  name.equals("$") ? "$" : values.getOrDefault(name, found.group()));
            });
  }

  /** Names of the placeholders in a text, known or not, in their order. */
  public static List<String> namesIn(String text) {
    return DOLLAR
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .filter(name -> !name.equals("$"))
        .toList();
  }
}
