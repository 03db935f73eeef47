package io.aviary.source.kustomize;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lists of core kinds whose items a strategic merge knows by a key; all others are replaced. */
final class MergeKeys {

  private static final List<String> NAME = List.of("name");

  private static final List<String> CONTAINERS =
      List.of("containers", "initContainers", "ephemeralContainers");

  private static final Map<String, List<String>> OF_PODS =
      Map.of(
          "volumes", NAME,
          "imagePullSecrets", NAME,
          "hostAliases", List.of("ip"),
          "topologySpreadConstraints", List.of("topologyKey", "whenUnsatisfiable"),
          "schedulingGates", NAME,
          "resourceClaims", NAME);

  private static final Map<String, List<String>> OF_CONTAINERS =
      Map.of(
          "ports", List.of("containerPort", "protocol"),
          "env", NAME,
          "volumeMounts", List.of("mountPath"),
          "volumeDevices", List.of("devicePath"),
          "resources/claims", NAME);

  /** Not part of the API group's name, or Kustomize would know no schema. */
  private static final List<String> GROUPS_OF_PODS = List.of("", "apps", "batch", "extensions");

  private MergeKeys() {}

  /**
   * @param path keys from the object down to the list, without items: {@code
   *     spec/template/spec/containers/env}
   * @return empty: the list is replaced as a whole
   */
  static Optional<List<String>> of(Resource resource, String path) {
    if (path.equals("metadata/ownerReferences")) {
      return Optional.of(List.of("uid"));
    }
    if (resource.apiVersion().equals("v1")) {
      if (resource.kind().equals("Service") && path.equals("spec/ports")) {
        return Optional.of(List.of("port", "protocol"));
      }
      if (resource.kind().equals("ServiceAccount")
          && (path.equals("secrets") || path.equals("imagePullSecrets"))) {
        return Optional.of(NAME);
      }
    }
    var pods = Fields.podSpec(resource.kind());
    return pods == null
            || !GROUPS_OF_PODS.contains(resource.group())
            || !path.startsWith(pods + "/")
        ? Optional.empty()
        : inPods(path.substring(pods.length() + 1));
  }

  private static Optional<List<String>> inPods(String path) {
    if (CONTAINERS.contains(path)) {
      return Optional.of(NAME);
    }
    var slash = path.indexOf('/');
    return slash > 0 && CONTAINERS.contains(path.substring(0, slash))
        ? Optional.ofNullable(OF_CONTAINERS.get(path.substring(slash + 1)))
        : Optional.ofNullable(OF_PODS.get(path));
  }
}
