package io.aviary.gates.judge;

import io.aviary.gates.judge.Finding.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Asks one criterion again and again as looks are added, once over all of them and once over the
 * latest, because what begins late is thinned out in the whole. Where there are both, each gets
 * half of what the look may spend.
 */
final class Monitor {

  /** Above this probability a difference can easily be chance. */
  private static final double EASILY_CHANCE = 0.05;

  private final Criterion criterion;
  private final AlphaSpending spending;

  private double spent;
  private double level;

  Monitor(Criterion criterion, double falseAlarms, int plannedLooks) {
    this.criterion = criterion;
    this.spending = new AlphaSpending(falseAlarms, plannedLooks);
  }

  /**
   * What there is to say after so many looks, the most important first. Once the canary was clearly
   * worse at a look, that stays, with the numbers of then.
   */
  List<Finding> after(int looks) {
    for (int look = 1; look <= looks; look = spending.nextTest(look)) {
      if (criterion.enough(0, look)) {
        var worse = test(look);
        if (worse.isPresent()) {
          return List.of(worse.get());
        }
      }
    }
    return notWorse(looks);
  }

  private Optional<Finding> test(int look) {
    var latest = criterion.latest(look);
    double budget = spending.spentBy(look);
    level = (budget - spent) / (latest.isPresent() ? 2 : 1);
    spent = budget;
    double overdispersion = criterion.overdispersion(look);
    return IntStream.concat(IntStream.of(0), latest.stream())
        .mapToObj(from -> testFrom(from, look, overdispersion))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<Finding> testFrom(int from, int look, double overdispersion) {
    double p = Overdispersion.weaken(criterion.p(from, look), overdispersion);
    return p <= level
        ? Optional.of(criterion.finding(Answer.WORSE, from, look, p, level))
        : Optional.empty();
  }

  /**
   * What is to be said if the canary is not clearly worse. Here measurements count as independent:
   * that they may not be protects the canary from failing, but does not help it to pass.
   */
  private List<Finding> notWorse(int looks) {
    if (!criterion.enough(0, looks)) {
      return List.of(criterion.tooFew(looks));
    }
    var findings = new ArrayList<Finding>();
    criterion
        .latest(looks)
        .ifPresent(
            from -> {
              double p = criterion.p(from, looks);
              if (!criterion.fine(from, looks) && p < EASILY_CHANCE) {
                findings.add(criterion.finding(Answer.UNCLEAR, from, looks, p, level));
              }
            });
    if (findings.isEmpty()) {
      criterion
          .troublingNewest(looks)
          .ifPresent(
              from ->
                  findings.add(
                      criterion.finding(
                          Answer.UNCLEAR, from, looks, criterion.p(from, looks), level)));
    }
    double p = criterion.p(0, looks);
    boolean fine = criterion.fine(0, looks) || (criterion.forgivesChance() && p >= EASILY_CHANCE);
    findings.add(criterion.finding(fine ? Answer.FINE : Answer.UNCLEAR, 0, looks, p, level));
    return findings;
  }
}
