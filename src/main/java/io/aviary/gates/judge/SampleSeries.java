package io.aviary.gates.judge;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One value a look and group. Several values of a look, one a pod, are averaged: pods live through
 * the same moment, and to count them as many independent measurements would be to fool oneself.
 */
final class SampleSeries {

  private final double[] canary;
  private final double[] other;
  private final int[] measuredBefore;

  /**
   * @param both whether a look counts only if both groups have values
   */
  SampleSeries(List<Look> looks, boolean both) {
    int n = looks.size();
    canary = new double[n];
    other = new double[n];
    measuredBefore = new int[n + 1];
    for (int i = 0; i < n; i++) {
      canary[i] = mean(looks.get(i).canary());
      other[i] = mean(looks.get(i).other());
      if (both && (Double.isNaN(canary[i]) || Double.isNaN(other[i]))) {
        canary[i] = Double.NaN;
        other[i] = Double.NaN;
      }
      measuredBefore[i + 1] = measuredBefore[i] + (Double.isNaN(canary[i]) ? 0 : 1);
    }
  }

  private static double mean(@Nullable Reading reading) {
    return reading instanceof Reading.Values(var values) && !values.isEmpty()
        ? values.stream().mapToDouble(value -> value / values.size()).sum()
        : Double.NaN;
  }

  int count(int from, int to) {
    return measuredBefore[to] - measuredBefore[from];
  }

  boolean measuredAt(int look) {
    return look >= 0 && !Double.isNaN(canary[look]);
  }

  double[] canary(int from, int to) {
    return values(canary, from, to);
  }

  double[] other(int from, int to) {
    return values(other, from, to);
  }

  /** Where the newest samples begin, so many; empty where there are fewer. */
  OptionalInt newest(int samples, int to) {
    for (int from = to; from >= 0; from--) {
      if (count(from, to) == samples) {
        return OptionalInt.of(from);
      }
    }
    return OptionalInt.empty();
  }

  private static double[] values(double[] all, int from, int to) {
    return Arrays.stream(all, from, to).filter(value -> !Double.isNaN(value)).toArray();
  }

  static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }
}
