package io.aviary.kubernetes;

import io.aviary.kubernetes.Cluster.PodTrouble;
import io.aviary.kubernetes.Cluster.Rollout;
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
  private final PodSecrets secrets;

  Rollouts(Api api, Troubles troubles, PodSecrets secrets) {
    this.api = api;
    this.troubles = troubles;
    this.secrets = secrets;
  }

  Optional<Rollout> rollout(String namespace, String name) {
    return deployment(namespace, name).map(this::rollout);
  }

  List<Cluster.Pod> podsOf(String namespace, String name) {
    return deployment(namespace, name).stream()
        .flatMap(deployment -> podsOf(deployment, replicaSets(deployment)).stream())
        .map(Pods::pod)
        .toList();
  }

  /** None where there is no such Deployment. */
  Map<String, String> templateLabels(String namespace, String name) {
    return deployment(namespace, name)
        .map(deployment -> Json.texts(deployment, "spec", "template", "metadata", "labels"))
        .orElse(Map.of());
  }

  private Rollout rollout(Map<String, Object> deployment) {
    var progress = Progress.of(deployment);
    var newest = replicaSets(deployment).stream().filter(set -> isNewest(set, deployment)).toList();
    var pods = podsOf(deployment, newest).stream().filter(pod -> !Pods.isTerminating(pod)).toList();
    int ready = (int) pods.stream().filter(Pods::isReady).count();
    return new Rollout(
        LiveObjects.ref(deployment),
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
      Map<String, Object> deployment,
      List<Map<String, Object>> newest,
      List<Map<String, Object>> pods) {
    // Quota and admission stop a ReplicaSet before there is a pod that could say so.
    var notCreated =
        Stream.concat(newest.stream(), Stream.of(deployment))
            .flatMap(
                owner ->
                    Pods.condition(owner, "ReplicaFailure").stream()
                        .filter(condition -> "True".equals(condition.get("status")))
                        .map(condition -> Troubles.trouble(owner, condition)))
            .limit(1);
    var notReady =
        pods.stream().filter(pod -> !Pods.isReady(pod)).limit(TROUBLES).map(troubles::of);
    return Stream.concat(notCreated, notReady).toList();
  }

  private Optional<Map<String, Object>> deployment(String namespace, String name) {
    return api.get(
        "/apis/apps/v1/namespaces/" + namespace + "/deployments/" + Api.encoded(name),
        "read Deployment " + name + " in namespace " + namespace);
  }

  /** Whoever asks for them goes on with their pods. */
  private List<Map<String, Object>> replicaSets(Map<String, Object> deployment) {
    api.ahead(pods(deployment), listPods(deployment));
    return api
        .list(
            "/apis/apps/v1/namespaces/" + Pods.namespace(deployment) + "/replicasets",
            Map.of("labelSelector", selector(Json.map(deployment, "spec", "selector"))),
            "list the ReplicaSets of Deployment " + Pods.name(deployment))
        .stream()
        .filter(set -> Pods.isOwnedBy(set, Pods.uid(deployment)))
        .toList();
  }

  private List<Map<String, Object>> podsOf(
      Map<String, Object> deployment, List<Map<String, Object>> sets) {
    if (sets.isEmpty()) {
      return List.of();
    }
    var pods =
        api.list(pods(deployment), listPods(deployment)).stream()
            .filter(pod -> sets.stream().anyMatch(set -> Pods.isOwnedBy(pod, Pods.uid(set))))
            .toList();
    // A test that asks them may print what they answer.
    pods.forEach(secrets::learnFrom);
    return pods;
  }

  private static String pods(Map<String, Object> deployment) {
    return Api.query(
        "/api/v1/namespaces/" + Pods.namespace(deployment) + "/pods",
        Map.of("labelSelector", selector(Json.map(deployment, "spec", "selector"))));
  }

  private static String listPods(Map<String, Object> deployment) {
    return "list the pods of Deployment " + Pods.name(deployment);
  }

  private static boolean isNewest(Map<String, Object> set, Map<String, Object> deployment) {
    var revision = Json.text(deployment, "metadata", "annotations", REVISION);
    return revision != null && revision.equals(Json.text(set, "metadata", "annotations", REVISION));
  }

  /** A label selector as it is written in a query. */
  static String selector(Map<String, Object> selector) {
    var labels =
        Json.texts(selector, "matchLabels").entrySet().stream()
            .map(label -> label.getKey() + "=" + label.getValue());
    var expressions =
        Json.maps(selector, "matchExpressions").stream()
            .map(
                expression -> {
                  var key = Json.textOr("", expression, "key");
                  var operator = Json.textOr("", expression, "operator");
                  var values =
                      Json.list(expression, "values").stream()
                          .map(String::valueOf)
                          .collect(Collectors.joining(",", "(", ")"));
                  return switch (operator) {
                    case "Exists" -> key;
                    case "DoesNotExist" -> "!" + key;
                    default -> key + (operator.equals("In") ? " in " : " notin ") + values;
                  };
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

    static Progress of(Map<String, Object> deployment) {
      long generation = Json.number(deployment, "metadata", "generation");
      return new Progress(
          Json.number(deployment, "status", "observedGeneration") >= generation,
          Boolean.TRUE.equals(Json.at(deployment, "spec", "paused")),
          generation,
          Json.at(deployment, "spec", "replicas") == null
              ? 1
              : number(deployment, "spec", "replicas"),
          number(deployment, "status", "replicas"),
          number(deployment, "status", "updatedReplicas"),
          number(deployment, "status", "availableReplicas"));
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

    private static int number(Map<String, Object> object, String... path) {
      return (int) Json.number(object, path);
    }
  }
}
