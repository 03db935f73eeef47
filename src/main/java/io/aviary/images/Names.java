package io.aviary.images;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** Names and labels of what a build creates in the cluster. */
final class Names {

  private static final int MAX = 63;
  private static final int HASH = 8;

  private Names() {}

  static Map<String, String> labels(String application, long run) {
    return Map.of(
        "app.kubernetes.io/managed-by",
        "aviary",
        "aviary.io/application",
        slug(application),
        "aviary.io/run",
        Long.toString(run));
  }

  /**
   * The name of a build's Job.
   *
   * @param identity all that tells this build from others; it keeps two servers apart whose builds
   *     run in one namespace
   */
  static String build(String application, long run, String image, String identity) {
    var end = "-" + run + "-build-" + shortened(cleaned(image), 16) + "-" + shortHash(identity);
    return shortened(cleaned(application), MAX - end.length()) + end;
  }

  /** The name where it is a valid label and object name; else a cleaned one and a hash of it. */
  static String slug(String name) {
    var cleaned = cleaned(name);
    if (cleaned.equals(name) && name.length() <= MAX) {
      return name;
    }
    return shortened(cleaned, MAX - HASH - 1) + "-" + shortHash(name);
  }

  /** SHA-256 in 64 hex digits. */
  static String hash(String text) {
    return Registry.sha256(text.getBytes(StandardCharsets.UTF_8)).substring("sha256:".length());
  }

  private static String shortHash(String text) {
    return hash(text).substring(0, HASH);
  }

  private static String cleaned(String name) {
    var cleaned =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
    return cleaned.isEmpty() ? "x" : cleaned;
  }

  private static String shortened(String name, int length) {
    return name.length() <= length ? name : name.substring(0, length).replaceAll("-+$", "");
  }
}
