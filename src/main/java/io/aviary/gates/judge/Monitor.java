package io.aviary.gates.judge;

import io.aviary.gates.judge.Finding.Answer;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks one criterion again and again as looks are added, once over all of them and once over the
 * latest, because what begins late is thinned out in the whole. Each of the two may spend half of
 * the criterion's false alarms.
 */
final class Monitor {

  /** Above this probability a difference can easily be chance. */
  private static final double EASILY_CHANCE = 0.05;

  private final Criterion criterion;
  private final AlphaSpending spending;

  private double wholeSpent;
  private double wholeLevel;
  private double latestSpent;
  private double latestLevel;

  Monitor(Criterion criterion, double falseAlarms, int plannedLooks) {
    this.criterion = criterion;
    this.spending = new AlphaSpending(falseAlarms / 2, plannedLooks);
  }

  /**
   * What there is to say after so many looks, the most important first. Once the canary was clearly
   * worse at a look, that stays, with the numbers of then.
   */
  List<Finding> after(int looks) {
    for (int look = 1; look <= looks; look = spending.nextTest(look)) {
      if (!criterion.enough(0, look)) {
        continue;
      }
      double budget = spending.spentBy(look);
      double overdispersion = criterion.overdispersion(look);
      wholeLevel = budget - wholeSpent;
      wholeSpent = budget;
      double p = Overdispersion.weaken(criterion.p(0, look), overdispersion);
      if (p <= wholeLevel) {
        return List.of(criterion.finding(Answer.WORSE, 0, look, p, wholeLevel));
      }
      var latest = criterion.latest(look);
      if (latest.isPresent()) {
        int from = latest.getAsInt();
        latestLevel = budget - latestSpent;
        latestSpent = budget;
        double pOfLatest = Overdispersion.weaken(criterion.p(from, look), overdispersion);
        if (pOfLatest <= latestLevel) {
          return List.of(criterion.finding(Answer.WORSE, from, look, pOfLatest, latestLevel));
        }
      }
    }
    return notWorse(looks);
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
                findings.add(criterion.finding(Answer.UNCLEAR, from, looks, p, latestLevel));
              }
            });
    if (findings.isEmpty()) {
      criterion
          .troublingNewest(looks)
          .ifPresent(
              from ->
                  findings.add(
                      criterion.finding(
                          Answer.UNCLEAR, from, looks, criterion.p(from, looks), latestLevel)));
    }
    double p = criterion.p(0, looks);
    boolean fine = criterion.fine(0, looks) || (criterion.forgivesChance() && p >= EASILY_CHANCE);
    findings.add(criterion.finding(fine ? Answer.FINE : Answer.UNCLEAR, 0, looks, p, wholeLevel));
    return findings;
  }
}
