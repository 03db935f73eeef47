package io.aviary.gates.judge;

import org.jspecify.annotations.Nullable;

/**
 * The answer to one question that a metric asks of a range of looks.
 *
 * @param firstLook counted from 1
 * @param lastLook inclusive
 * @param canary null: no measurement
 * @param other null: none, or nobody to compare with
 * @param allowed the limit in base units, or for a comparison the tolerance as a fraction
 * @param ratio canary's value by the other's; null where that is zero, and for limits
 * @param shift Hodges–Lehmann estimate of how much higher the canary's samples are, in base units;
 *     only for comparisons of samples
 * @param interval of the canary's value for a limit, of the ratio for a comparison of counts, of
 *     the shift for one of samples; null: too few measurements
 * @param overdispersion by how much the measurements vary more than independent ones would, as a
 *     factor of the variance; {@code p} and interval take it into account
 * @param p probability of measurements like these or worse, if the canary were just as bad as is
 *     allowed; null: too few measurements
 * @param level the canary is called worse where {@code p} is at most this; null likewise
 */
public record Finding(
    Question question,
    Answer answer,
    int firstLook,
    int lastLook,
    @Nullable Group canary,
    @Nullable Group other,
    double allowed,
    @Nullable Double ratio,
    @Nullable Double shift,
    @Nullable Interval interval,
    double overdispersion,
    @Nullable Double p,
    @Nullable Double level,
    String sentence) {

  /** What was asked. */
  public enum Question {
    ABOVE_MAX,
    BELOW_MIN,
    HIGHER_THAN_OTHER,
    LOWER_THAN_OTHER
  }

  /** What came of it. */
  public enum Answer {
    /** Clearly worse than allowed. */
    WORSE,
    /** Worse than allowed as measured, but that may be chance. */
    UNCLEAR,
    FINE,
    TOO_FEW
  }

  /**
   * One group of pods.
   *
   * @param value the rate, or the median of the samples
   * @param mean of the samples; the rate again for counts
   * @param n requests, or samples
   * @param bad of the requests; for a limit on samples, how many are beyond it; else null
   */
  public record Group(double value, double mean, long n, @Nullable Long bad) {}

  /**
   * A confidence interval that stays valid however often the gate looks.
   *
   * @param low null: no bound
   * @param high null: no bound
   * @param confidence e.g. 0.999
   */
  public record Interval(@Nullable Double low, @Nullable Double high, double confidence) {}
}
