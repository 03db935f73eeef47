package io.aviary.traffic;

/**
 * How many pods a share by weights needs. The router does not look at the number of pods, so one
 * canary pod could be made to carry what nine of production's carry.
 */
final class Capacity {

  private Capacity() {}

  /**
   * As many that a canary pod gets no more requests than one of production's; but never more than
   * production has, which carries all of the requests today.
   */
  static int podsFor(double percent, int production) {
    if (percent >= 100) {
      return production;
    }
    var equal = Math.ceil(production * percent / (100 - percent) - 1e-9);
    return (int) Math.clamp(equal, 1, Math.max(1, production));
  }

  /** The largest share that so many ready canary pods may have, in per cent. */
  static double carriedBy(int canary, int production) {
    return canary >= production ? 100 : Percent.share(canary, production);
  }
}
