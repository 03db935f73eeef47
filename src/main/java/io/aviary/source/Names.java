package io.aviary.source;

import java.util.Collection;
import java.util.Comparator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What may be a name of what, and which known name was meant. */
final class Names {

  /** Part of the names of steps, and of objects in the cluster. */
  static final Pattern IMAGE_KEY = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,39}");

  /** Of a gate or a metric: shown to people, and part of an address. */
  static final Pattern TITLE =
      Pattern.compile("[\\p{L}\\p{N}](?:[\\p{L}\\p{N} ._-]{0,61}[\\p{L}\\p{N}])?");

  /** A repository in a registry, without registry, tag and digest. */
  static final Pattern IMAGE =
      Pattern.compile(
          "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*");

  static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

  /** Of an environment variable or a build argument. */
  static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Of an object in the cluster. */
  static final Pattern OBJECT =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*");

  private Names() {}

  /** The known name that looks most like this one; null: none is close. */
  static @Nullable String nearest(String name, Collection<String> known) {
    var most = name.length() < 6 ? 1 : 2;
    return known.stream()
        .filter(candidate -> distance(name, candidate) <= most)
        .min(Comparator.comparingInt((String candidate) -> distance(name, candidate)))
        .orElse(null);
  }

  /** Letters to add, to take away, to change, or to swap with their neighbour. */
  static int distance(String a, String b) {
    var rows = new int[a.length() + 1][b.length() + 1];
    for (var i = 0; i <= a.length(); i++) {
      for (var j = 0; j <= b.length(); j++) {
        rows[i][j] = i == 0 ? j : j == 0 ? i : step(rows, a, b, i, j);
      }
    }
    return rows[a.length()][b.length()];
  }

  private static int step(int[][] rows, String a, String b, int i, int j) {
    var change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    var least =
        Math.min(rows[i - 1][j - 1] + change, Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1));
    var swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, rows[i - 2][j - 2] + 1) : least;
  }
}
