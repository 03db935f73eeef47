package io.aviary.gates.judge;

import java.util.random.RandomGenerator;

/** How the values of a metric, or its counts, come about from look to look. */
interface Population {

  /** The measurement of the next look; looks are counted from 0. */
  Reading reading(int look, RandomGenerator random);

  // ---- samples

  static Population normal(double mean, double spread) {
    return (look, random) -> Reading.Values.of(mean * (1 + spread * random.nextGaussian()));
  }

  static Population logNormal(double median, double sigma) {
    return (look, random) ->
        Reading.Values.of(median * StrictMath.exp(sigma * random.nextGaussian()));
  }

  /** Pareto: with shape 1.5 the variance is infinite. */
  static Population pareto(double least, double shape) {
    return (look, random) ->
        Reading.Values.of(least * StrictMath.pow(1 - random.nextDouble(), -1 / shape));
  }

  /** Mostly zero, else whole numbers: ties. */
  static Population mostlyZero(double part) {
    return (look, random) ->
        Reading.Values.of(random.nextDouble() < part ? random.nextInt(1, 6) : 0);
  }

  /** Each look remembers part of the one before. For one gate only, as it has a memory. */
  static Population autocorrelated(double mean, double spread, double memory) {
    var last = new double[] {Double.NaN};
    return (look, random) -> {
      double news = random.nextGaussian();
      last[0] =
          Double.isNaN(last[0]) ? news : memory * last[0] + Math.sqrt(1 - memory * memory) * news;
      return Reading.Values.of(mean * (1 + spread * last[0]));
    };
  }

  // ---- counts

  static Population errors(double rate, int requests) {
    return (look, random) -> counts(binomial(rate, requests, random), requests);
  }

  /** The same rate on average, but in bursts: one look in {@code every} has all of it. */
  static Population bursts(double rate, int requests, int every) {
    return (look, random) ->
        counts(random.nextInt(every) == 0 ? binomial(rate * every, requests, random) : 0, requests);
  }

  private static Reading counts(int bad, int all) {
    return new Reading.Counts((double) bad, all);
  }

  private static int binomial(double rate, int requests, RandomGenerator random) {
    int bad = 0;
    for (int i = 0; i < requests; i++) {
      bad += random.nextDouble() < rate ? 1 : 0;
    }
    return bad;
  }

  // ---- changes

  /** The same in another unit. */
  default Population times(double factor) {
    return (look, random) ->
        reading(look, random) instanceof Reading.Values(var values)
            ? Reading.Values.of(values.getFirst() * factor)
            : new Reading.NoData();
  }

  /** The other's from this look on. */
  default Population from(int first, Population other) {
    return (look, random) -> (look < first ? this : other).reading(look, random);
  }

  /** Grows by this part of its value with each look. */
  default Population growing(double part) {
    return (look, random) ->
        reading(look, random) instanceof Reading.Values(var values)
            ? Reading.Values.of(values.getFirst() * (1 + part * look))
            : new Reading.NoData();
  }
}
