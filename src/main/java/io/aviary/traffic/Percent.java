package io.aviary.traffic;

import java.util.Locale;

/** Shares in per cent. */
final class Percent {

  /** What arithmetic with doubles may be wrong by. */
  private static final double NOISE = 1e-9;

  /** What whole weights may be off by. */
  private static final double ROUNDING = 0.05;

  private Percent() {}

  static double share(double part, double rest) {
    return 100.0 * part / (part + rest);
  }

  static boolean isWithin(double share, double asked, double tolerance) {
    return Math.abs(share - asked) <= tolerance + NOISE;
  }

  /** Whether a share is the one asked for, but for the rounding of weights. */
  static boolean isAbout(double share, double asked) {
    return isWithin(share, asked, ROUNDING);
  }

  /** With two digits, which is all that anybody wants to read. */
  static double rounded(double share) {
    return Math.round(share * 100) / 100.0;
  }

  /** {@code 25}, {@code 2.5} */
  static String words(double number) {
    var rounded = rounded(number);
    return rounded == Math.rint(rounded)
        ? Long.toString((long) rounded)
        : String.format(Locale.ROOT, "%.2f", rounded).replaceFirst("0$", "");
  }
}
