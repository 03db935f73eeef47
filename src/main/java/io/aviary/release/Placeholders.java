package io.aviary.release;

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
            "$",
            "$",
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
    return DOLLAR
        .matcher(text)
        .replaceAll(
            found -> Matcher.quoteReplacement(values.getOrDefault(found.group(1), found.group())));
  }

  /** Replaces in the values, not in the keys; sorted by key. */
  public Map<String, String> replaceIn(Map<String, String> texts) {
    var replaced = new TreeMap<String, String>();
    texts.forEach((key, text) -> replaced.put(key, replaceIn(text)));
    return replaced;
  }
}
