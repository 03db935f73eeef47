package io.aviary.kubernetes;

import io.aviary.kubernetes.Cluster.PodTrouble;
import io.aviary.kubernetes.Cluster.Rollout;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How far Deployments are. */
final class Rollouts {

  private static final String REVISION = "deployment.kubernetes.io/revision";

  /** Each costs requests of its own; more of the same say nothing new. */
  private static final int TROUBLES = 3;

  private final Api api;
  private final Troubles troubles;

  Rollouts(Api api, Troubles troubles) {
    this.api = api;
    this.troubles = troubles;
  }

  Optional<Rollout> rollout(String namespace, String name) {
    return deployment(namespace, name).map(this::rollout);
  }

  List<Cluster.Pod> podsOf(String namespace, String name) {
    return deployment(namespace, name)
        .map(deployment -> podsOf(deployment, replicaSets(deployment)))
        .orElse(List.of())
        .stream()
        .map(Pods::pod)
        .toList();
  }

  private Rollout rollout(Deployment deployment) {
    var progress = Progress.of(deployment);
    var newest = replicaSets(deployment).stream().filter(set -> isNewest(set, deployment)).toList();
    var pods = podsOf(deployment, newest).stream().filter(pod -> !Pods.isTerminating(pod)).toList();
    int ready = (int) pods.stream().filter(Pods::isReady).count();
    var metadata = deployment.getMetadata();
    return new Rollout(
        new ObjectRef(
            "apps/v1",
            "Deployment",
            metadata.getNamespace(),
            metadata.getName(),
            metadata.getUid()),
        progress.isComplete(),
        progress.words(ready),
        progress.desired(),
        ready,
        progress.generation(),
        progress.isComplete() || !progress.isObserved()
            ? List.of()
            : troubles(deployment, newest, pods),
        pods.stream().map(Pods::pod).toList());
  }

  private List<PodTrouble> troubles(
      Deployment deployment, List<ReplicaSet> newest, List<Pod> pods) {
    List<PodTrouble> found = new ArrayList<>(notCreated(deployment, newest));
    pods.stream()
        .filter(pod -> !Pods.isReady(pod))
        .limit(TROUBLES)
        .map(troubles::of)
        .forEach(found::add);
    return List.copyOf(found);
  }

  /** Quota and admission stop a ReplicaSet before there is a pod that could say so. */
  private static List<PodTrouble> notCreated(Deployment deployment, List<ReplicaSet> newest) {
    var ofSets =
        newest.stream()
            .filter(set -> set.getStatus() != null)
            .flatMap(
                set ->
                    set.getStatus().getConditions().stream()
                        .filter(condition -> isFailure(condition.getType(), condition.getStatus()))
                        .map(
                            condition ->
                                Troubles.trouble(
                                    set.getMetadata().getName(),
                                    condition.getReason(),
                                    condition.getMessage())))
            .toList();
    if (!ofSets.isEmpty() || !newest.isEmpty() || deployment.getStatus() == null) {
      return ofSets;
    }
    return deployment.getStatus().getConditions().stream()
        .filter(condition -> isFailure(condition.getType(), condition.getStatus()))
        .map(
            condition ->
                Troubles.trouble(
                    deployment.getMetadata().getName(),
                    condition.getReason(),
                    condition.getMessage()))
        .toList();
  }

  private static boolean isFailure(String type, String status) {
    return "ReplicaFailure".equals(type) && "True".equals(status);
  }

  private Optional<Deployment> deployment(String namespace, String name) {
    return api.get(
        "/apis/apps/v1/namespaces/" + namespace + "/deployments/" + Api.encoded(name),
        Deployment.class,
        "read Deployment " + name + " in namespace " + namespace);
  }

  private List<ReplicaSet> replicaSets(Deployment deployment) {
    var namespace = deployment.getMetadata().getNamespace();
    return api
        .list(
            "/apis/apps/v1/namespaces/" + namespace + "/replicasets",
            Map.of("labelSelector", selector(deployment.getSpec().getSelector())),
            ReplicaSetList.class,
            "list the ReplicaSets of Deployment " + deployment.getMetadata().getName())
        .map(ReplicaSetList::getItems)
        .orElse(List.of())
        .stream()
        .filter(set -> Pods.isOwnedBy(set, deployment.getMetadata().getUid()))
        .toList();
  }

  private List<Pod> podsOf(Deployment deployment, List<ReplicaSet> sets) {
    if (sets.isEmpty()) {
      return List.of();
    }
    return api
        .list(
            "/api/v1/namespaces/" + deployment.getMetadata().getNamespace() + "/pods",
            Map.of("labelSelector", selector(deployment.getSpec().getSelector())),
            PodList.class,
            "list the pods of Deployment " + deployment.getMetadata().getName())
        .map(PodList::getItems)
        .orElse(List.of())
        .stream()
        .filter(
            pod -> sets.stream().anyMatch(set -> Pods.isOwnedBy(pod, set.getMetadata().getUid())))
        .toList();
  }

  private static boolean isNewest(ReplicaSet set, Deployment deployment) {
    var revision = revision(deployment.getMetadata());
    return !revision.isEmpty() && revision.equals(revision(set.getMetadata()));
  }

  private static String revision(ObjectMeta metadata) {
    return metadata.getAnnotations() == null
        ? ""
        : metadata.getAnnotations().getOrDefault(REVISION, "");
  }

  static String selector(LabelSelector selector) {
    var labels =
        selector.getMatchLabels() == null
            ? Stream.<String>of()
            : selector.getMatchLabels().entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue());
    var expressions =
        selector.getMatchExpressions().stream()
            .map(
                expression ->
                    switch (expression.getOperator()) {
                      case "Exists" -> expression.getKey();
                      case "DoesNotExist" -> "!" + expression.getKey();
                      default ->
                          expression.getKey()
                              + (expression.getOperator().equals("In") ? " in (" : " notin (")
                              + String.join(",", expression.getValues())
                              + ")";
                    });
    return Stream.concat(labels, expressions).collect(Collectors.joining(","));
  }

  /** A Deployment's own numbers. */
  record Progress(
      boolean isObserved,
      boolean isPaused,
      long generation,
      int desired,
      int all,
      int updated,
      int available) {

    static Progress of(Deployment deployment) {
      var status = deployment.getStatus();
      var spec = deployment.getSpec();
      long generation = deployment.getMetadata().getGeneration();
      return new Progress(
          status != null
              && status.getObservedGeneration() != null
              && status.getObservedGeneration() >= generation,
          Boolean.TRUE.equals(spec.getPaused()),
          generation,
          spec.getReplicas() == null ? 1 : spec.getReplicas(),
          status == null ? 0 : number(status.getReplicas()),
          status == null ? 0 : number(status.getUpdatedReplicas()),
          status == null ? 0 : number(status.getAvailableReplicas()));
    }

    boolean isComplete() {
      return isObserved && updated == desired && all == desired && available == desired;
    }

    String words(int ready) {
      if (!isObserved) {
        return "waiting for the Deployment's controller";
      }
      var words = new StringBuilder(ready + " of " + desired + " pods ready");
      if (isPaused && !isComplete()) {
        words.append(", but the Deployment is paused");
      }
      int old = all - updated;
      if (old > 0) {
        words.append(", ").append(old).append(old == 1 ? " old one" : " old ones").append(" left");
      }
      if (ready >= desired && old == 0 && available < desired) {
        words.append(", ").append(available).append(" of them for long enough");
      }
      return words.toString();
    }

    private static int number(Integer value) {
      return value == null ? 0 : value;
    }
  }
}
