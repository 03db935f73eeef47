package io.aviary.kubernetes;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the server does in a cluster, as Kubernetes' RBAC has words for it. The chart's Roles hold
 * exactly this, {@code --check} asks for exactly this, and a test compares it with the requests of
 * whole releases.
 */
public final class Rights {

  /**
   * One rule.
   *
   * @param group empty: the core group
   * @param resource with its subresource where it has one, e.g. {@code pods/log}
   */
  public record Rule(String group, String resource, List<String> verbs) {
    public Rule {
      verbs = List.copyOf(new TreeSet<>(verbs));
    }

    @Override
    public String toString() {
      return String.join(",", verbs) + " " + (group.isEmpty() ? resource : resource + "." + group);
    }
  }

  private Rights() {}

  /** In an application's namespace, whatever its manifests contain. */
  public static List<Rule> ofReleases() {
    return List.of(
        rule("", "pods", "create", "delete", "get", "list", "patch", "watch"),
        rule("", "pods/log", "get"),
        rule("", "events", "list"),
        rule("", "services", "get"),
        rule("apps", "deployments", "get", "update", "watch"),
        rule("apps", "deployments/scale", "patch"),
        rule("apps", "replicasets", "list", "watch"),
        rule("batch", "jobs", "get", "watch"),
        rule("discovery.k8s.io", "endpointslices", "list", "watch"),
        rule("autoscaling", "horizontalpodautoscalers", "list"));
  }

  /** In an application's namespace, for the kinds that manifests may contain by default. */
  public static List<Rule> ofManifests() {
    return Stream.of(
            "/configmaps",
            "/persistentvolumeclaims",
            "/secrets",
            "/serviceaccounts",
            "/services",
            "apps/deployments",
            "apps/statefulsets",
            "autoscaling/horizontalpodautoscalers",
            "batch/cronjobs",
            "batch/jobs",
            "gateway.networking.k8s.io/httproutes",
            "networking.k8s.io/ingresses",
            "networking.k8s.io/networkpolicies",
            "policy/poddisruptionbudgets")
        .map(name -> name.split("/", 2))
        .map(name -> rule(name[0], name[1], "create", "delete", "get", "list", "patch"))
        .toList();
  }

  /** In an application's namespace, where traffic is shared by a route or an Ingress. */
  public static List<Rule> ofRoutes() {
    return List.of(
        rule("gateway.networking.k8s.io", "httproutes", "get", "update"),
        rule(
            "networking.k8s.io",
            "ingresses",
            "create",
            "delete",
            "get",
            "list",
            "patch",
            "update"));
  }

  /** In the namespace where images are built. */
  public static List<Rule> ofBuilds() {
    return List.of(
        rule("", "pods", "get", "list", "watch"),
        rule("", "pods/log", "get"),
        rule("", "events", "list"),
        rule("", "secrets", "create", "delete", "get", "patch"),
        rule("apps", "deployments", "watch"),
        rule("apps", "replicasets", "watch"),
        rule("batch", "jobs", "create", "delete", "get", "list", "watch"),
        rule("discovery.k8s.io", "endpointslices", "watch"));
  }

  private static Rule rule(String group, String resource, String... verbs) {
    return new Rule(group, resource, List.of(verbs));
  }
}
