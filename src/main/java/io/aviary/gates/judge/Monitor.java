package io.aviary.gates.judge;

import io.aviary.gates.judge.Finding.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks one criterion again and again as looks are added, over all of them and over the latest ones,
 * because what begins late is thinned out in the whole. What a look may spend is shared evenly.
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
    var starts = criterion.starts(look);
    double budget = spending.spentBy(look);
    level = (budget - spent) / starts.size();
    spent = budget;
    return starts.stream().map(from -> testFrom(from, look)).flatMap(Optional::stream).findFirst();
  }

  private Optional<Finding> testFrom(int from, int look) {
    double p = Overdispersion.weaken(criterion.p(from, look), criterion.overdispersion(from, look));
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
    criterion.starts(looks).stream()
        .filter(from -> from > 0 && !criterion.fine(from, looks))
        .filter(from -> criterion.p(from, looks) < EASILY_CHANCE)
        .limit(1)
        .map(from -> unclear(from, looks))
        .forEach(findings::add);
    if (findings.isEmpty()) {
      criterion.troublingNewest(looks).ifPresent(from -> findings.add(unclear(from, looks)));
    }
    double p = criterion.p(0, looks);
    boolean fine = criterion.fine(0, looks) || (criterion.forgivesChance() && p >= EASILY_CHANCE);
    findings.add(criterion.finding(fine ? Answer.FINE : Answer.UNCLEAR, 0, looks, p, level));
    return findings;
  }

  private Finding unclear(int from, int looks) {
    return criterion.finding(Answer.UNCLEAR, from, looks, criterion.p(from, looks), level);
  }
}
