package io.aviary.gates.judge;

import io.aviary.gates.judge.Finding.Answer;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * One question that a metric asks, over the measurements that it has. Ranges of looks are from the
 * first, counted from 0, to before the last.
 */
interface Criterion {

  /** Below this probability, what the newest looks show is seldom chance. */
  double SELDOM_CHANCE = 0.01;

  /** Whether the range has the measurements that a verdict needs. */
  boolean enough(int from, int to);

  /** Whether this look brought a measurement. */
  boolean measuredAt(int look);

  /**
   * Probability of measurements like these or worse, if the canary were just as bad as is allowed
   * and they were independent. Only where there are {@link #enough}.
   */
  double p(int from, int to);

  /** See {@link Overdispersion}. Only where there are {@link #enough}. */
  double overdispersion(int from, int to);

  /** Whether the range is fine as measured. Only where there are {@link #enough}. */
  boolean fine(int from, int to);

  /**
   * Whether a range that is not fine as measured may pass where that can easily be chance. Limits
   * do not: what is measured above a limit has never passed.
   */
  boolean forgivesChance();

  /**
   * Where the newest few looks begin, if they forbid a pass, being too few to fail. Only where
   * there are {@link #enough}.
   */
  OptionalInt troublingNewest(int to);

  /** The numbers and the sentence. Only where there are {@link #enough}. */
  Finding finding(Answer answer, int from, int to, double p, double level);

  /** The numbers, and what is missing. */
  Finding tooFew(int to);

  /**
   * Where the ranges begin that are tested: all looks, the latest third, and the newest five, with
   * which one can just see how restless they are; each of the latter longer where that is too few
   * measurements. Only where there are {@link #enough}.
   */
  default List<Integer> starts(int to) {
    return Stream.of(0, start(to - (to + 2) / 3, to), start(to - Overdispersion.LEAST_LOOKS, to))
        .distinct()
        .toList();
  }

  private int start(int latest, int to) {
    int from = Math.max(0, Math.min(latest, to - Overdispersion.LEAST_LOOKS));
    while (from > 0 && !enough(from, to)) {
      from--;
    }
    return from;
  }
}
