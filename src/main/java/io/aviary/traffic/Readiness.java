package io.aviary.traffic;

import io.aviary.traffic.TrafficSplits.Between;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who could serve requests now, as a router needs to know before it sends any.
 *
 * @param production ready endpoints of production's Service
 * @param canary ready endpoints of the canary's Service
 * @param both pods that are endpoints of both, which makes any weight meaningless
 * @param needed canary pods for the share asked for
 */
record Readiness(double percent, int production, int canary, Set<String> both, int needed) {

  static Readiness look(Between between, String canaryService, double percent) {
    var cluster = between.cluster();
    var production = cluster.readyEndpoints(between.namespace(), between.service());
    var canary = cluster.readyEndpoints(between.namespace(), canaryService);
    var both = new TreeSet<>(canary);
    both.retainAll(production);
    return new Readiness(
        percent,
        production.size(),
        canary.size(),
        both,
        Capacity.podsFor(percent, production.size()));
  }

  /**
   * Whether enough canary pods are ready for the share: as many as it needs before it is raised;
   * once it is there, fewer do as long as what they can carry is within the tolerance, so that
   * production's own coming and going starts no pods.
   *
   * @param now the share that is set
   */
  boolean isEnough(double now, double tolerance) {
    return canary >= needed
        || (canary > 0 && Percent.isAbout(now, percent) && carried() + tolerance >= percent);
  }

  /**
   * The share that may be set now. It is not raised before enough pods are ready, and lowered while
   * fewer are ready than can carry it: to 0 where there is none, because a backend without a ready
   * endpoint answers with errors.
   *
   * @param now the share that is set
   */
  double allowed(double now, double tolerance) {
    if (isEnough(now, tolerance)) {
      return percent;
    }
    return canary == 0 || now > carried() + tolerance
        ? Math.min(Math.min(now, percent), carried())
        : Math.min(now, percent);
  }

  private double carried() {
    return canary == 0 ? 0 : Capacity.carriedBy(canary, production);
  }

  /** What is waited for while {@link #isEnough} says no. */
  String words() {
    return canary
        + " of "
        + needed
        + " canary pods ready for "
        + Percent.words(percent)
        + " % of what "
        + production
        + (production == 1 ? " production pod serves" : " production pods serve");
  }

  /** Asks for the replicas that are missing. */
  void start(Between between) {
    CanaryDeployment.read(between.cluster(), between.namespace(), between.deployment())
        .filter(there -> there.replicas() < needed)
        .ifPresent(
            there -> between.cluster().scale(between.namespace(), between.deployment(), needed));
  }

  /** What is wrong with the Services, whatever the weights; null: nothing. */
  static @Nullable String wrong(Readiness readiness, Between between, String canaryService) {
    return readiness.both().isEmpty()
        ? null
        : "the Services "
            + between.service()
            + " and "
            + canaryService
            + " both select "
            + String.join(", ", readiness.both())
            + ", so that weights between them say nothing; make their selectors disjoint";
  }
}
