package io.aviary.pipeline;

import io.aviary.gates.Check;
import io.aviary.gates.MetricsProgress;
import io.aviary.traffic.ShareEstimate;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The share as requests show it, once the metrics of new pods are there. */
record MeasuredShare(ShareEstimate estimate, long requests) {

  /** With fewer, pods whose metrics came a little later than others' would decide. */
  private static final long FEWEST_REQUESTS = 100;

  /** Empty: nothing has been counted. */
  static Optional<MeasuredShare> of(@Nullable MetricsProgress metrics) {
    var counted = metrics == null ? null : metrics.requests();
    if (counted == null) {
      return Optional.empty();
    }
    var all = Math.round(counted.all());
    var canary = Math.clamp(Math.round(counted.canary()), 0, all);
    return all == 0
        ? Optional.empty()
        : Optional.of(new MeasuredShare(ShareEstimate.of(canary, all), all));
  }

  double percent() {
    return rounded(estimate.share());
  }

  String words() {
    return "%s %% of %d requests (99 %% sure: %s to %s %%)"
        .formatted(
            plain(estimate.share()), requests, plain(estimate.low()), plain(estimate.high()));
  }

  /**
   * Whether it is farther from what was asked for than chance explains.
   *
   * @return empty: it is not, or there are too few requests to tell
   */
  Optional<Check.Broken> away(double asked, double tolerance) {
    return requests >= FEWEST_REQUESTS && estimate.isAwayFrom(asked, tolerance)
        ? Optional.of(
            new Check.Broken(
                "the canary was to get "
                    + plain(asked)
                    + " % of the requests, and got "
                    + words()
                    + ", which is farther away than the tolerance of "
                    + plain(tolerance)
                    + " points; connections that live long make this of a share by labels, and"
                    + " metrics that count probes, too",
                List.of()))
        : Optional.empty();
  }

  private static String plain(double value) {
    return BigDecimal.valueOf(rounded(value)).stripTrailingZeros().toPlainString();
  }

  private static double rounded(double value) {
    return BigDecimal.valueOf(value).setScale(1, RoundingMode.HALF_EVEN).doubleValue();
  }
}
