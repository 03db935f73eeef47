package io.aviary.webhook;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Guesses from a body that nobody has verified yet which repositories it may be about, so that not
 * every secret of the server has to be tried. It looks for the bytes {@code "full_name":"…"} and
 * knows nothing of JSON; a wrong guess costs a refusal, never an acceptance, because the verified
 * and parsed body has the word in the end.
 */
final class RepositoryHint {

  private static final byte[] KEY = "\"full_name\"".getBytes(StandardCharsets.US_ASCII);
  private static final int LONGEST = 255;

  private RepositoryHint() {}

  /**
   * @param known of those that the body names, in lower case
   * @param namesAny whether it names any repository, known or not
   */
  record Hints(Set<String> known, boolean namesAny) {}

  /**
   * @param known takes names in lower case
   * @param most more than so many are not looked for
   */
  static Hints find(byte[] body, Predicate<String> known, int most) {
    var found = new LinkedHashSet<String>();
    var namesAny = false;
    var last = body.length - KEY.length;
    for (var at = 0; at <= last && found.size() < most; at++) {
      if (body[at] == '"' && body[at + 1] == 'f' && isKey(body, at)) {
        var name = name(body, at + KEY.length);
        namesAny |= !name.isEmpty();
        if (known.test(name)) {
          found.add(name);
        }
      }
    }
    return new Hints(found, namesAny);
  }

  private static boolean isKey(byte[] body, int from) {
    for (var i = 0; i < KEY.length; i++) {
      if (body[from + i] != KEY[i]) {
        return false;
      }
    }
    return true;
  }

  private static String name(byte[] body, int from) {
    var colon = skipSpace(body, from);
    if (colon >= body.length || body[colon] != ':') {
      return "";
    }
    var quote = skipSpace(body, colon + 1);
    if (quote >= body.length || body[quote] != '"') {
      return "";
    }
    var end = quote + 1;
    while (end < body.length && body[end] != '"') {
      if (end - quote > LONGEST) {
        return "";
      }
      end++;
    }
    // Some writers of JSON escape the slash.
    return new String(body, quote + 1, end - quote - 1, StandardCharsets.UTF_8)
        .replace("\\/", "/")
        .toLowerCase(Locale.ROOT);
  }

  private static int skipSpace(byte[] body, int from) {
    var at = from;
    while (at < body.length
        && (body[at] == ' ' || body[at] == '\n' || body[at] == '\r' || body[at] == '\t')) {
      at++;
    }
    return at;
  }
}
