package io.aviary.gates.judge;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts of bad ones among all, summed up over any range of looks. */
final class CountSeries {

  /** Sums of one group, rounded once for the whole range, as the parts may not be whole. */
  record Counts(long bad, long all) {
    double rate() {
      return (double) bad / all;
    }
  }

  private final boolean[] measured;
  private final double[] bad;
  private final double[] all;
  private final double[] otherBad;
  private final double[] otherAll;

  /**
   * @param both whether a look counts only if both groups have counts
   */
  CountSeries(List<Look> looks, boolean both) {
    int n = looks.size();
    measured = new boolean[n];
    bad = new double[n + 1];
    all = new double[n + 1];
    otherBad = new double[n + 1];
    otherAll = new double[n + 1];
    for (int i = 0; i < n; i++) {
      var canary = counts(looks.get(i).canary());
      var other = counts(looks.get(i).other());
      measured[i] = canary != null && (other != null || !both);
      var none = new Reading.Counts(0.0, 0);
      var ofCanary = measured[i] && canary != null ? canary : none;
      var ofOther = measured[i] && other != null ? other : none;
      bad[i + 1] = bad[i] + ofCanary.badOrNone();
      all[i + 1] = all[i] + ofCanary.all();
      otherBad[i + 1] = otherBad[i] + ofOther.badOrNone();
      otherAll[i + 1] = otherAll[i] + ofOther.all();
    }
  }

  private static Reading.@Nullable Counts counts(@Nullable Reading reading) {
    return reading instanceof Reading.Counts counts && counts.isSound() ? counts : null;
  }

  boolean measuredAt(int look) {
    return look >= 0 && measured[look];
  }

  Counts canary(int from, int to) {
    return sum(bad, all, from, to);
  }

  Counts other(int from, int to) {
    return sum(otherBad, otherAll, from, to);
  }

  /** The canary's bad ones, look by look. */
  double[] bad(int from, int to) {
    return parts(bad, from, to);
  }

  /** All of the canary's, look by look. */
  double[] all(int from, int to) {
    return parts(all, from, to);
  }

  /** The other's bad ones, look by look. */
  double[] otherBad(int from, int to) {
    return parts(otherBad, from, to);
  }

  /** All of the other's, look by look. */
  double[] otherAll(int from, int to) {
    return parts(otherAll, from, to);
  }

  private static double[] parts(double[] sums, int from, int to) {
    var parts = new double[to - from];
    Arrays.setAll(parts, i -> sums[from + i + 1] - sums[from + i]);
    return parts;
  }

  private static Counts sum(double[] bad, double[] all, int from, int to) {
    long ofAll = Math.round(all[to] - all[from]);
    return new Counts(Math.min(Math.round(bad[to] - bad[from]), ofAll), ofAll);
  }
}
