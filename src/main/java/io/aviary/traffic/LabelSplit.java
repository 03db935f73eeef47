package io.aviary.traffic;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.Cluster.Pod;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A share without any router: the labels of the production Service's selector are put on running
 * pods of the canary, so that the Service spreads its connections over them too. The share is
 * canary / all ready endpoints, in whole pods.
 *
 * <p>The labels go on the pods and not into the template, because a changed template would replace
 * the very pods that were just tested. Only labels that the template does not have are touched.
 */
final class LabelSplit implements TrafficSplit {

  /** More canary pods than this, for each pod of production, are never started. */
  private static final int MOST_FOR_EACH = 3;

  private final Cluster cluster;
  private final String namespace;
  private final String deployment;
  private final String service;
  private final double tolerance;

  LabelSplit(
      Cluster cluster, String namespace, String deployment, String service, double tolerance) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.deployment = deployment;
    this.service = service;
    this.tolerance = tolerance;
  }

  @Override
  public Progress advance(double percent) {
    var selector = cluster.selector(namespace, service).orElse(null);
    if (selector == null || selector.isEmpty()) {
      return new Progress.Impossible(
          "there is no Service "
              + service
              + " with a selector in "
              + namespace
              + ", so no traffic to share");
    }
    var pods = cluster.podsOf(namespace, deployment);
    var endpoints = new HashSet<>(cluster.readyEndpoints(namespace, service));
    var others = endpoints.size() - count(pods, endpoints);
    if (others == 0) {
      return new Progress.Impossible(
          "the Service " + service + " has no ready endpoint to share with");
    }
    var wanted = podsFor(percent, others);
    var possible = share(wanted, others);
    if (Math.abs(possible - percent) > tolerance) {
      return new Progress.Impossible(
          String.format(
              Locale.ROOT,
              "%s %% is not possible with %d production pods: %d canary pods make %.1f %%, which is more than the tolerance of"
                  + " %s points away",
              plain(percent),
              others,
              wanted,
              possible,
              plain(tolerance)));
    }
    var rollout = cluster.rollout(namespace, deployment).orElse(null);
    if (rollout == null) {
      return new Progress.Impossible("the Deployment " + deployment + " is gone");
    }
    if (rollout.desired() < wanted) {
      cluster.scale(namespace, deployment, wanted);
      return new Progress.Pending(
          "starting " + wanted + " canary pods for " + plain(percent) + " %");
    }
    return label(pods, endpoints, selector, wanted, others);
  }

  private Progress label(
      List<Pod> pods, Set<String> endpoints, Map<String, String> selector, int wanted, int others) {
    var ready =
        pods.stream()
            .filter(pod -> pod.ready() && !pod.terminating())
            .sorted(
                Comparator.comparing((Pod pod) -> !hasAll(pod, selector)).thenComparing(Pod::name))
            .toList();
    if (ready.size() < wanted) {
      return new Progress.Pending(ready.size() + " of " + wanted + " canary pods ready");
    }
    for (var pod : ready.subList(0, wanted)) {
      if (!hasAll(pod, selector)) {
        cluster.labelPod(namespace, pod.name(), new HashMap<>(selector));
      }
    }
    for (var pod : ready.subList(wanted, ready.size())) {
      if (hasAll(pod, selector)) {
        cluster.labelPod(namespace, pod.name(), removal(selector));
      }
    }
    var reached = count(pods, endpoints);
    var how = reached + " of " + (reached + others) + " ready endpoints";
    return reached == wanted
        ? new Progress.Reached(share(reached, others), how)
        : new Progress.Pending(how + " are canary pods, " + wanted + " are wanted");
  }

  @Override
  public Progress keep(double percent) {
    return advance(percent);
  }

  @Override
  public boolean withdraw() {
    var selector = cluster.selector(namespace, service).orElse(Map.of());
    if (selector.isEmpty()) {
      return true;
    }
    var pods = cluster.podsOf(namespace, deployment);
    for (var pod : pods) {
      if (hasAll(pod, selector)) {
        cluster.labelPod(namespace, pod.name(), removal(selector));
      }
    }
    return count(pods, new HashSet<>(cluster.readyEndpoints(namespace, service))) == 0;
  }

  /**
   * What takes a pod out of the Service. The labels that the canary's template has itself stay:
   * they were not put there by us, and one missing label is enough to end the match.
   */
  private Map<String, @Nullable String> removal(Map<String, String> selector) {
    var own = cluster.templateLabels(namespace, deployment);
    Map<String, @Nullable String> removal = new HashMap<>();
    selector.keySet().stream()
        .filter(key -> !own.containsKey(key))
        .forEach(key -> removal.put(key, null));
    return removal;
  }

  private static boolean hasAll(Pod pod, Map<String, String> selector) {
    return pod.labels().entrySet().containsAll(selector.entrySet());
  }

  private static int count(List<Pod> pods, Set<String> endpoints) {
    return (int) pods.stream().map(Pod::name).filter(endpoints::contains).count();
  }

  /** The number of whole pods, at least one, whose share comes nearest. */
  static int podsFor(double percent, int others) {
    var most = others * MOST_FOR_EACH;
    var best = 1;
    for (var pods = 2; pods <= most; pods++) {
      if (Math.abs(share(pods, others) - percent) < Math.abs(share(best, others) - percent)) {
        best = pods;
      }
    }
    return best;
  }

  private static double share(int pods, int others) {
    return 100.0 * pods / (pods + others);
  }

  private static String plain(double number) {
    return number == Math.rint(number)
        ? Long.toString((long) number)
        : String.format(Locale.ROOT, "%.1f", number);
  }
}
