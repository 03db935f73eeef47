package io.aviary.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A kind of object that the simulated API server knows. All versions of a group show the same
 * objects.
 */
final class Kind {

  private static final List<Kind> ALL = new ArrayList<>();
  private static final Map<String, Kind> BY_PATH = new HashMap<>();

  static final Kind NAMESPACE = cluster("", "v1", "namespaces", "Namespace");
  static final Kind NODE = cluster("", "v1", "nodes", "Node");
  static final Kind POD = namespaced("", "v1", "pods", "Pod");
  static final Kind SERVICE = namespaced("", "v1", "services", "Service");
  static final Kind SECRET = namespaced("", "v1", "secrets", "Secret");
  static final Kind EVENT = namespaced("", "v1", "events", "Event");
  static final Kind DEPLOYMENT = namespaced("apps", "v1", "deployments", "Deployment");
  static final Kind REPLICA_SET = namespaced("apps", "v1", "replicasets", "ReplicaSet");
  static final Kind JOB = namespaced("batch", "v1", "jobs", "Job");
  static final Kind ENDPOINT_SLICE =
      namespaced("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice");

  static {
    namespaced("", "v1", "configmaps", "ConfigMap");
    namespaced("", "v1", "serviceaccounts", "ServiceAccount");
    namespaced("", "v1", "endpoints", "Endpoints");
    namespaced("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim");
    namespaced("", "v1", "resourcequotas", "ResourceQuota");
    namespaced("", "v1", "limitranges", "LimitRange");
    namespaced("apps", "v1", "statefulsets", "StatefulSet");
    namespaced("apps", "v1", "daemonsets", "DaemonSet");
    namespaced("batch", "v1", "cronjobs", "CronJob");
    namespaced("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "v1");
    namespaced("networking.k8s.io", "v1", "ingresses", "Ingress");
    namespaced("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy");
    cluster("networking.k8s.io", "v1", "ingressclasses", "IngressClass");
    namespaced("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget");
    namespaced("coordination.k8s.io", "v1", "leases", "Lease");
    namespaced("rbac.authorization.k8s.io", "v1", "roles", "Role");
    namespaced("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding");
    cluster("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole");
    cluster("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding");
    namespaced("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", "v1beta1");
    namespaced("gateway.networking.k8s.io", "v1", "gateways", "Gateway", "v1beta1");
    cluster("gateway.networking.k8s.io", "v1", "gatewayclasses", "GatewayClass", "v1beta1");
  }

  private static final Set<String> WITHOUT_GENERATION =
      Set.of("Service", "Namespace", "Node", "HorizontalPodAutoscaler", "ServiceAccount", "Lease");

  private final String group;
  private final List<String> versions;
  private final String plural;
  private final String name;
  private final boolean namespaced;

  private Kind(
      String group, List<String> versions, String plural, String name, boolean namespaced) {
    this.group = group;
    this.versions = versions;
    this.plural = plural;
    this.name = name;
    this.namespaced = namespaced;
  }

  static List<Kind> all() {
    return List.copyOf(ALL);
  }

  static Optional<Kind> find(String group, String version, String plural) {
    return Optional.ofNullable(BY_PATH.get(group + "/" + version + "/" + plural));
  }

  String group() {
    return group;
  }

  /** The preferred one first. */
  List<String> versions() {
    return versions;
  }

  /** As it stands in paths. */
  String plural() {
    return plural;
  }

  /** As it stands in objects. */
  String name() {
    return name;
  }

  boolean namespaced() {
    return namespaced;
  }

  /** As messages name it: {@code deployments.apps}. */
  String resource() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  String apiVersion() {
    return apiVersion(versions.getFirst());
  }

  String apiVersion(String version) {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** Whether {@code metadata.generation} counts its changes. */
  boolean hasGeneration() {
    return !WITHOUT_GENERATION.contains(name);
  }

  @Override
  public String toString() {
    return name;
  }

  private static Kind namespaced(
      String group, String version, String plural, String name, String... others) {
    return add(group, version, plural, name, true, others);
  }

  private static Kind cluster(
      String group, String version, String plural, String name, String... others) {
    return add(group, version, plural, name, false, others);
  }

  private static Kind add(
      String group,
      String version,
      String plural,
      String name,
      boolean namespaced,
      String... others) {
    var versions = new ArrayList<>(List.of(version));
    versions.addAll(List.of(others));
    var kind = new Kind(group, List.copyOf(versions), plural, name, namespaced);
    ALL.add(kind);
    versions.forEach(each -> BY_PATH.put(group + "/" + each + "/" + plural, kind));
    return kind;
  }
}
