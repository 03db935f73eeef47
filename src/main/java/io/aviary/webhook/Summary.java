package io.aviary.webhook;

import io.aviary.release.DeliveryView.ApplicationVerdict;
import io.aviary.release.DeliveryView.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** One word for a delivery, of what was decided for each application: the strongest. */
record Summary(Verdict verdict, String reason) {

  static Summary of(List<ApplicationVerdict> verdicts) {
    var verdict =
        verdicts.stream()
            .map(ApplicationVerdict::verdict)
            .min(Comparator.naturalOrder())
            .orElse(Verdict.IGNORED);
    var reasons = verdicts.stream().map(ApplicationVerdict::reason).distinct().toList();
    return new Summary(
        verdict,
        reasons.size() == 1
            ? reasons.getFirst()
            : verdicts.stream()
                .map(it -> it.name() + ": " + it.reason())
                .collect(Collectors.joining("; ")));
  }
}
