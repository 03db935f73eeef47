package io.aviary.traffic;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.Cluster.Pod;
import io.aviary.kubernetes.Cluster.Reading;
import io.aviary.kubernetes.Names;
import io.aviary.kubernetes.ObjectRef;
import io.aviary.release.step.ReadOnce;
import io.aviary.traffic.TrafficSplits.Between;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A share without any router: the labels of the production Service's selector are put on running
 * pods of the canary, so that the Service spreads its connections over them too. The share is
 * canary / all ready endpoints, in whole pods.
 *
 * <p>The labels go on the pods and not into the template, because a changed template would replace
 * the very pods that were just tested. A pod that has them is marked by a label of our own, by
 * which it is found again even if its Deployment has been deleted; how many pods the share is made
 * of is remembered in an annotation of the Deployment, so that it stays the same while pods of
 * either side come and go.
 *
 * <p>Replicas are added where a share needs them, and never taken away.
 */
final class LabelSplit implements TrafficSplit {

  /** More canary pods than this, for each pod of production, are never started. */
  static final int MOST_FOR_EACH = 3;

  /** The label of a pod that was given production's labels; its value names the Deployment. */
  static final String EXPOSED = "aviary.io/exposed";

  /** The annotation of the Deployment that says what was reached. */
  static final String SHARE = "aviary.io/share";

  private static final JsonMapper JSON = JsonMapper.shared();

  /** What was reached: so many pods for this percentage. */
  private record Reached(double percent, int pods) {}

  private final Cluster cluster;
  private final String namespace;
  private final String deployment;
  private final String service;
  private final double tolerance;

  LabelSplit(Between between, double tolerance) {
    this.cluster = between.cluster();
    this.namespace = between.namespace();
    this.deployment = between.deployment();
    this.service = between.service();
    this.tolerance = tolerance;
  }

  @Override
  public Progress advance(double percent) {
    var canary = CanaryDeployment.read(cluster, namespace, deployment).orElse(null);
    if (canary == null) {
      return gone();
    }
    // Pods before endpoints, so that no pod is taken for one of production's because it is new.
    var pods = cluster.podsOf(namespace, deployment);
    var endpoints = endpoints();
    var others = endpoints.size() - common(names(pods), endpoints).size();
    return work(percent, podsFor(percent, others), canary, pods, endpoints, others);
  }

  /**
   * The number of pods that was reached stays as long as it makes a share within the tolerance,
   * also when production's pods become more or fewer; then it is counted anew.
   */
  @Override
  public Progress keep(double percent) {
    ahead();
    var canary = CanaryDeployment.read(cluster, namespace, deployment).orElse(null);
    if (canary == null) {
      return gone();
    }
    var reached = reached(canary);
    if (reached == null || reached.percent() != percent) {
      ReadOnce.forget();
      return advance(percent);
    }
    var look = look();
    if (look.stays(reached) && look.exposed == reached.pods() && look.marked == look.exposed) {
      return new Progress.Reached(
          Percent.rounded(share(look.exposed, look.others)), words(look.exposed, look.others));
    }
    // Anew, one after the other: a pod that has just ended must not count as production's.
    ReadOnce.forget();
    look = look();
    return work(
        percent,
        look.stays(reached) ? reached.pods() : podsFor(percent, look.others),
        canary,
        cluster.podsOf(namespace, deployment),
        look.endpoints,
        look.others);
  }

  @Override
  public void ahead() {
    cluster.ahead(
        namespace,
        List.of(
            Reading.OfObject.deployment(deployment),
            new Reading.OfPods(Map.of(EXPOSED, mark())),
            new Reading.OfEndpoints(service)));
  }

  /** Pods with the mark, those of them that are endpoints, and production's own endpoints. */
  private final class Look {
    private final int marked;
    private final Set<String> endpoints;
    private final int exposed;
    private final int others;

    Look(Set<String> marked, Set<String> endpoints) {
      this.marked = marked.size();
      this.endpoints = endpoints;
      this.exposed = common(marked, endpoints).size();
      this.others = endpoints.size() - exposed;
    }

    boolean stays(Reached reached) {
      return others > 0 && isWithin(reached.pods(), others, reached.percent());
    }
  }

  private Look look() {
    var marked = marked().keySet();
    return new Look(marked, endpoints());
  }

  private Progress work(
      double percent,
      int wanted,
      CanaryDeployment canary,
      List<Pod> pods,
      Set<String> endpoints,
      int others) {
    var selector = cluster.selector(namespace, service).orElse(Map.of());
    var impossible = impossible(canary, selector);
    if (impossible != null) {
      return new Progress.Impossible(impossible);
    }
    if (others == 0) {
      return new Progress.Pending(
          "waiting for a ready endpoint of the Service " + service + " to share with");
    }
    if (!isWithin(wanted, others, percent)) {
      return new Progress.OutOfReach(tooFar(percent, wanted, others));
    }
    if (canary.replicas() < wanted) {
      cluster.scale(namespace, deployment, wanted);
    }
    return label(new Reached(percent, wanted), canary, pods, endpoints, selector, others);
  }

  /** Why labels cannot give the canary a share; null: they can. */
  private @Nullable String impossible(CanaryDeployment canary, Map<String, String> selector) {
    if (selector.isEmpty()) {
      return "there is no Service "
          + service
          + " with a selector in namespace "
          + namespace
          + ", so no traffic to share; name another one as production.service";
    }
    if (canary.isSelectedBy(selector)) {
      return "the Service "
          + service
          + " selects the canary's pods by the labels of their own template, so their share cannot be"
          + " chosen; give the template of the Deployment "
          + deployment
          + " another value for one of "
          + selector.keySet();
    }
    for (var label : selector.entrySet()) {
      var own = canary.template().get(label.getKey());
      if (canary.keys().contains(label.getKey()) && !label.getValue().equals(own)) {
        return "the label "
            + label.getKey()
            + " is part of the selector of both the Service "
            + service
            + " and the Deployment "
            + deployment
            + ", with different values: a pod that gets the Service's would be lost to its Deployment;"
            + " use another label in the Deployment's selector";
      }
    }
    return null;
  }

  private String tooFar(double percent, int pods, int others) {
    return String.format(
        "%s %% is not possible with %s: %s the nearest share, %s %%, which is farther away than the"
            + " tolerance of %s points; ask for that share, change the number of production's pods, or"
            + " share traffic by gateway",
        Percent.words(percent),
        count(others, "production pod"),
        count(pods, "canary pod") + (pods == 1 ? " makes" : " make"),
        Percent.words(share(pods, others)),
        Percent.words(tolerance));
  }

  private Progress label(
      Reached goal,
      CanaryDeployment canary,
      List<Pod> pods,
      Set<String> endpoints,
      Map<String, String> selector,
      int others) {
    var chosen =
        pods.stream()
            .filter(pod -> pod.ready() && !pod.terminating())
            .sorted(
                Comparator.comparing((Pod pod) -> !isExposed(pod, selector))
                    .thenComparing(Pod::name))
            .limit(goal.pods())
            .toList();
    var exposed = names(chosen);
    var complete = chosen.size() == goal.pods();
    for (var pod : chosen) {
      if (!isExposed(pod, selector)) {
        cluster.labelPod(namespace, pod.name(), addition(selector));
      }
    }
    for (var pod : pods) {
      // One that is not ready now may become so again, but only as long as it is needed.
      if (isTouched(pod, selector) && !exposed.contains(pod.name()) && complete) {
        cluster.labelPod(namespace, pod.name(), removal(selector, canary.template(), true));
      }
    }
    if (!complete) {
      return new Progress.Pending(waiting(goal, chosen.size()));
    }
    var there = common(names(pods), endpoints);
    if (!there.equals(exposed)) {
      return new Progress.Pending(
          words(there.size(), others) + " are canary pods, " + goal.pods() + " are wanted");
    }
    remember(goal, canary);
    return new Progress.Reached(
        Percent.rounded(share(goal.pods(), others)), words(goal.pods(), others));
  }

  private String waiting(Reached goal, int ready) {
    var troubles =
        cluster
            .rollout(namespace, deployment)
            .map(rollout -> rollout.troubles())
            .orElse(List.of())
            .stream()
            .map(trouble -> ": " + trouble.pod() + ": " + trouble.reason() + " " + trouble.words())
            .findFirst()
            .orElse("");
    return ready
        + " of "
        + goal.pods()
        + " canary pods ready for "
        + Percent.words(goal.percent())
        + " %"
        + troubles;
  }

  /**
   * Verified by the Service's endpoints. The node's proxies follow them within a moment, and
   * connections that are open already stay until the pod ends them.
   */
  @Override
  public boolean withdraw() {
    ahead();
    var selector = cluster.selector(namespace, service).orElse(Map.of());
    var canary = CanaryDeployment.read(cluster, namespace, deployment).orElse(null);
    var pods = cluster.podsOf(namespace, deployment);
    var marked = marked();
    var endpoints = endpoints();
    if (canary != null && !selector.isEmpty() && canary.isSelectedBy(selector)) {
      // Labels cannot take away what the template gives to each new pod.
      if (canary.replicas() > 0) {
        cluster.scale(namespace, deployment, 0);
      }
    }
    var template = canary == null ? Map.<String, String>of() : canary.template();
    Set<String> touched = new LinkedHashSet<>(marked.keySet());
    pods.stream()
        .filter(pod -> !selector.isEmpty() && hasAll(pod, selector))
        .map(Pod::name)
        .forEach(touched::add);
    for (var pod : touched) {
      // The mark stays until the pod has left, else nobody would know afterwards whose it was.
      cluster.labelPod(namespace, pod, removal(selector, template, !endpoints.contains(pod)));
    }
    var all = Stream.concat(names(pods).stream(), touched.stream()).collect(Collectors.toSet());
    return common(all, endpoints).isEmpty();
  }

  // ----

  private Progress gone() {
    return new Progress.Impossible(
        "the Deployment " + deployment + " was deleted from namespace " + namespace);
  }

  private Set<String> endpoints() {
    return new HashSet<>(cluster.readyEndpoints(namespace, service));
  }

  /** Pods that have been given production's labels, also those that no Deployment owns any more. */
  private Map<String, ObjectRef> marked() {
    return cluster.list(namespace, List.of("v1/Pod"), Map.of(EXPOSED, mark())).stream()
        .collect(Collectors.toMap(ObjectRef::name, ref -> ref, (one, other) -> one));
  }

  private String mark() {
    return Names.label(deployment);
  }

  private @Nullable Reached reached(CanaryDeployment canary) {
    var text = canary.annotations().get(SHARE);
    try {
      return text == null ? null : JSON.readValue(text, Reached.class);
    } catch (JacksonException e) {
      return null; // as if nothing were known: the number is counted anew
    }
  }

  private void remember(Reached goal, CanaryDeployment canary) {
    if (goal.equals(reached(canary))) {
      return;
    }
    cluster.update(
        namespace,
        CanaryDeployment.API_VERSION,
        CanaryDeployment.KIND,
        deployment,
        content -> {
          Fields.annotate(content, SHARE, JSON.writeValueAsString(goal));
          return content;
        });
  }

  private Map<String, @Nullable String> addition(Map<String, String> selector) {
    Map<String, @Nullable String> addition = new HashMap<>(selector);
    addition.put(EXPOSED, mark());
    return addition;
  }

  /**
   * What takes a pod out of the Service. The labels that the canary's template has itself stay, or
   * get its value back: one label less is enough to end the match.
   */
  private static Map<String, @Nullable String> removal(
      Map<String, String> selector, Map<String, String> template, boolean withMark) {
    Map<String, @Nullable String> removal = new HashMap<>();
    selector.forEach(
        (key, value) -> {
          if (!value.equals(template.get(key))) {
            removal.put(key, template.get(key));
          }
        });
    if (withMark) {
      removal.put(EXPOSED, null);
    }
    return removal;
  }

  private boolean isExposed(Pod pod, Map<String, String> selector) {
    return hasAll(pod, selector) && mark().equals(pod.labels().get(EXPOSED));
  }

  private boolean isTouched(Pod pod, Map<String, String> selector) {
    return hasAll(pod, selector) || pod.labels().containsKey(EXPOSED);
  }

  private static boolean hasAll(Pod pod, Map<String, String> selector) {
    return pod.labels().entrySet().containsAll(selector.entrySet());
  }

  private static Set<String> names(List<Pod> pods) {
    return pods.stream().map(Pod::name).collect(Collectors.toSet());
  }

  private static Set<String> common(Set<String> some, Set<String> others) {
    var common = new HashSet<>(some);
    common.retainAll(others);
    return common;
  }

  private boolean isWithin(int pods, int others, double percent) {
    return Percent.isWithin(share(pods, others), percent, tolerance);
  }

  /**
   * The number of whole pods, at least one, whose share comes nearest; of two that are equally near
   * the smaller.
   */
  static int podsFor(double percent, int others) {
    var most = (long) others * MOST_FOR_EACH;
    var exact = percent >= 100 ? most : others * percent / (100 - percent);
    var below = Math.clamp((long) Math.floor(exact), 1, (int) Math.max(1, most));
    var above = Math.clamp(below + 1L, 1, (int) Math.max(1, most));
    return Math.abs(share(above, others) - percent) < Math.abs(share(below, others) - percent)
        ? above
        : below;
  }

  private static double share(int pods, int others) {
    return Percent.share(pods, others);
  }

  private static String words(int canary, int others) {
    return canary + " of " + (canary + others) + " ready endpoints";
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
