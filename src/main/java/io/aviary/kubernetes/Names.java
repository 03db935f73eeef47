package io.aviary.kubernetes;

import io.aviary.release.Sha256;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Names and labels of the objects that Aviary makes. What is no valid name or value becomes a slug
 * and a hash of the whole, so that two never become one.
 */
public final class Names {

  /** Whose object it is: always {@code aviary}. */
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  /** Which application it is for. */
  public static final String APPLICATION = "aviary.io/application";

  /** Which run made it. */
  public static final String RUN = "aviary.io/run";

  private static final int LONGEST = 63;
  private static final int HASH = 8;

  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");
  private static final Pattern OBJECT = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

  private Names() {}

  /** The three labels of every object that a run makes. */
  public static Map<String, String> labels(String application, long run) {
    return Map.of(MANAGED_BY, "aviary", APPLICATION, label(application), RUN, String.valueOf(run));
  }

  /** A label's value: the text itself where it is a valid one. */
  public static String label(String text) {
    return LABEL.matcher(text).matches()
        ? text
        : slugAndHash(text.replaceAll("[^A-Za-z0-9._-]+", "-"), text);
  }

  /**
   * A name that any object may have, also a Service or Job: at most 63 of a–z, 0–9 and {@code -},
   * beginning with a letter.
   *
   * @param parts joined by {@code -}
   */
  public static String object(String... parts) {
    var text = String.join("-", parts);
    return OBJECT.matcher(text).matches()
        ? text
        : slugAndHash(
            text.toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceFirst("^[-0-9]+", ""),
            text);
  }

  private static String slugAndHash(String slug, String whole) {
    var trimmed = slug.replaceAll("^[._-]+", "");
    var room = LONGEST - HASH - 1;
    var cut =
        (trimmed.length() > room ? trimmed.substring(0, room) : trimmed).replaceAll("[._-]+$", "");
    return (cut.isEmpty() ? "x" : cut) + "-" + hash(whole);
  }

  private static String hash(String text) {
    return Sha256.hex(text).substring(0, HASH);
  }
}
