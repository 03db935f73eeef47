package io.aviary.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Versions of old manifests, brought to those that clusters serve today. Where the default of a
 * field changed between them, the old one is written out if it changes how pods are replaced:
 *
 * <ul>
 *   <li>Deployments of {@code extensions/v1beta1} replace one pod at a time (now: a quarter);
 *   <li>DaemonSets of {@code extensions/v1beta1} and StatefulSets of {@code apps/v1beta1} replace
 *       pods only once they are deleted (now: by themselves).
 * </ul>
 *
 * Not kept is that old Deployments remembered any number of ReplicaSets (now: ten) and had no
 * deadline for progress (now: ten minutes): a release has a deadline and a history of its own.
 */
final class OldVersions {

  private OldVersions() {}

  static KubeObject modern(KubeObject object, List<KubeObject> live) {
    return switch (object.apiVersion() + " " + object.kind()) {
      case "extensions/v1beta1 Deployment",
          "extensions/v1beta1 ReplicaSet",
          "extensions/v1beta1 DaemonSet",
          "apps/v1beta1 Deployment",
          "apps/v1beta1 StatefulSet",
          "apps/v1beta2 Deployment",
          "apps/v1beta2 ReplicaSet",
          "apps/v1beta2 DaemonSet",
          "apps/v1beta2 StatefulSet" ->
          workload(object, live);
      case "extensions/v1beta1 Ingress", "networking.k8s.io/v1beta1 Ingress" -> ingress(object);
      case "extensions/v1beta1 NetworkPolicy" -> renamed(object, "networking.k8s.io/v1");
      case "autoscaling/v2beta1 HorizontalPodAutoscaler" -> autoscaler(object);
      case "autoscaling/v2beta2 HorizontalPodAutoscaler" -> renamed(object, "autoscaling/v2");
      case "policy/v1beta1 PodDisruptionBudget" -> disruptionBudget(object);
      case "batch/v1beta1 CronJob" -> renamed(object, "batch/v1");
      case "rbac.authorization.k8s.io/v1beta1 Role",
          "rbac.authorization.k8s.io/v1beta1 RoleBinding" ->
          renamed(object, "rbac.authorization.k8s.io/v1");
      default -> object;
    };
  }

  private static KubeObject renamed(KubeObject object, String apiVersion) {
    var content = Json.copy(object.content());
    content.put("apiVersion", apiVersion);
    return new KubeObject(content);
  }

  private static KubeObject workload(KubeObject object, List<KubeObject> live) {
    var content = Json.copy(object.content());
    content.put("apiVersion", "apps/v1");
    var spec = Json.child(content, "spec");
    spec.remove("rollbackTo");
    var selector =
        live.stream()
            .filter(other -> other.kind().equals(object.kind()))
            .filter(other -> other.name().equals(object.name()))
            .map(other -> Json.map(other.content(), "spec", "selector"))
            .filter(found -> !found.isEmpty())
            .findFirst()
            .or(() -> Optional.of(Json.map(spec, "selector")).filter(found -> !found.isEmpty()))
            .orElseGet(
                () -> Map.of("matchLabels", Json.map(spec, "template", "metadata", "labels")));
    spec.put("selector", Json.copy(selector));
    boolean extensions = object.apiVersion().equals("extensions/v1beta1");
    if (object.kind().equals("Deployment") && extensions) {
      replaceOneAtATime(Json.child(spec, "strategy"));
    } else if ((object.kind().equals("DaemonSet") && extensions)
        || (object.kind().equals("StatefulSet") && object.apiVersion().equals("apps/v1beta1"))) {
      Json.child(spec, "updateStrategy").putIfAbsent("type", "OnDelete");
    }
    return new KubeObject(content);
  }

  private static void replaceOneAtATime(Map<String, Object> strategy) {
    if ("RollingUpdate".equals(strategy.getOrDefault("type", "RollingUpdate"))) {
      strategy.put("type", "RollingUpdate");
      var rolling = Json.child(strategy, "rollingUpdate");
      rolling.putIfAbsent("maxSurge", 1);
      rolling.putIfAbsent("maxUnavailable", 1);
    }
  }

  private static KubeObject ingress(KubeObject object) {
    var content = Json.copy(object.content());
    content.put("apiVersion", "networking.k8s.io/v1");
    var spec = Json.child(content, "spec");
    if (spec.remove("backend") instanceof Map<?, ?> backend) {
      spec.put("defaultBackend", backend(Json.map(backend)));
    }
    for (var rule : Json.list(spec, "rules")) {
      for (var path : Json.list(rule, "http", "paths")) {
        var changed = Json.map(path);
        changed.putIfAbsent("pathType", "ImplementationSpecific");
        changed.computeIfPresent("backend", (key, old) -> backend(Json.map(old)));
      }
    }
    return new KubeObject(content);
  }

  private static Map<String, Object> backend(Map<String, Object> old) {
    @Nullable Object port = old.get("servicePort");
    var name = old.get("serviceName");
    if (name == null || port == null) {
      return old; // a resource as backend
    }
    return Map.of(
        "service",
        Map.of("name", name, "port", Map.of(port instanceof Number ? "number" : "name", port)));
  }

  /** Metrics of resources only; of others the server says that it does not know the version. */
  private static KubeObject autoscaler(KubeObject object) {
    var content = Json.copy(object.content());
    List<Object> metrics = new ArrayList<>();
    for (var metric : Json.list(content, "spec", "metrics")) {
      var resource = Json.map(metric, "resource");
      if (!"Resource".equals(Json.text(metric, "type"))) {
        return object;
      }
      metrics.add(
          Map.of(
              "type",
              "Resource",
              "resource",
              Map.of("name", String.valueOf(resource.get("name")), "target", target(resource))));
    }
    if (!metrics.isEmpty()) {
      Json.child(content, "spec").put("metrics", metrics);
    }
    content.put("apiVersion", "autoscaling/v2");
    return new KubeObject(content);
  }

  private static Map<String, Object> target(Map<String, Object> resource) {
    var percent = resource.get("targetAverageUtilization");
    return percent != null
        ? Map.of("type", "Utilization", "averageUtilization", percent)
        : Map.of(
            "type",
            "AverageValue",
            "averageValue",
            String.valueOf(resource.get("targetAverageValue")));
  }

  /** An empty selector meant no pods in the old version, and means all of them now. */
  private static KubeObject disruptionBudget(KubeObject object) {
    var content = Json.copy(object.content());
    content.put("apiVersion", "policy/v1");
    var spec = Json.child(content, "spec");
    if (Json.map(spec, "selector").isEmpty()) {
      spec.remove("selector");
    }
    return new KubeObject(content);
  }
}
