package io.aviary.gates.judge;

/**
 * How much of the allowed false alarms each look may use up, so that looking often does not add up:
 * the levels of all looks, however many, sum up to at most {@code alpha}, and by Boole's inequality
 * that bounds the whole, whatever the looks have to do with each other.
 *
 * <p>The idea of a spending function is from Lan and DeMets, "Discrete sequential boundaries for
 * clinical trials", Biometrika 70 (1983) 659–663; time is counted in planned looks (Lan and DeMets,
 * "Group sequential procedures: calendar versus information time", Statistics in Medicine 8 (1989)
 * 1191–1198). The function here is linear during the hold ({@code ρ = 1} in the family of Kim and
 * DeMets, Biometrika 74 (1987) 149–154), because a strong effect must be caught early; it spends
 * four fifths then, and the rest on looks after the hold, in a series that never ends.
 *
 * <p>Where Lan and DeMets use the correlation between looks to get a little more out of it, this
 * does not: that would hold for independent samples only. Instead looks are tested at every look at
 * first and then each time that their number has grown by a tenth, which gives most of it back:
 * with 60 looks the last test has a fifteenth of the hold's part, not a sixtieth.
 */
final class AlphaSpending {

  private static final double DURING_HOLD = 0.8;

  private final double alpha;
  private final int planned;

  /**
   * @param planned looks until the end of the hold
   */
  AlphaSpending(double alpha, int planned) {
    this.alpha = alpha;
    this.planned = planned;
  }

  /** What may be spent by the end of this look, counted from 1. */
  double spentBy(int look) {
    return look <= planned
        ? alpha * DURING_HOLD * look / planned
        : alpha * (1 - (1 - DURING_HOLD) * planned / look);
  }

  /** The next look at which tests are made; the last of the hold is always one. */
  int nextTest(int look) {
    int next = Math.max(look + 1, look + look / 10);
    return look < planned && next > planned ? planned : next;
  }
}
