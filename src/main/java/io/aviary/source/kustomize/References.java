package io.aviary.source.kustomize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lets objects that name others by a name from before name them by what they are called now. */
final class References {

  /** In a pod spec, by the kind that is named. */
  private static final Map<String, List<String>> IN_PODS =
      Map.of(
          "ConfigMap",
          List.of(
              "volumes/configMap/name",
              "volumes/projected/sources/configMap/name",
              "containers/env/valueFrom/configMapKeyRef/name",
              "containers/envFrom/configMapRef/name",
              "initContainers/env/valueFrom/configMapKeyRef/name",
              "initContainers/envFrom/configMapRef/name"),
          "Secret",
          List.of(
              "volumes/secret/secretName",
              "volumes/projected/sources/secret/name",
              "containers/env/valueFrom/secretKeyRef/name",
              "containers/envFrom/secretRef/name",
              "initContainers/env/valueFrom/secretKeyRef/name",
              "initContainers/envFrom/secretRef/name",
              "imagePullSecrets/name"),
          "ServiceAccount",
          List.of("serviceAccountName"),
          "PersistentVolumeClaim",
          List.of("volumes/persistentVolumeClaim/claimName"),
          "PriorityClass",
          List.of("priorityClassName"));

  /** In objects of other kinds: kind, kind that is named, paths. */
  private static final Map<String, Map<String, List<String>>> ELSEWHERE =
      Map.of(
          "Ingress",
          Map.of(
              "Service",
              List.of(
                  "spec/rules/http/paths/backend/serviceName",
                  "spec/backend/serviceName",
                  "spec/rules/http/paths/backend/service/name",
                  "spec/defaultBackend/service/name"),
              "Secret",
              List.of("spec/tls/secretName"),
              "IngressClass",
              List.of("spec/ingressClassName")),
          "HTTPRoute",
          Map.of("Service", List.of("spec/rules/backendRefs/name")),
          "StatefulSet",
          Map.of(
              "Service",
              List.of("spec/serviceName"),
              "StorageClass",
              List.of("spec/volumeClaimTemplates/spec/storageClassName")),
          "ServiceAccount",
          Map.of("Secret", List.of("imagePullSecrets/name")),
          "PersistentVolumeClaim",
          Map.of(
              "PersistentVolume",
              List.of("spec/volumeName"),
              "StorageClass",
              List.of("spec/storageClassName")),
          "Role",
          Map.of(
              "ConfigMap",
              List.of("rules/resourceNames"),
              "Secret",
              List.of("rules/resourceNames")));

  private static final List<String> SCALED =
      List.of("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet");

  private static final Map<String, String> INGRESS_ANNOTATIONS =
      Map.of(
          "nginx.ingress.kubernetes.io/fastcgi-params-configmap", "ConfigMap",
          "ingress.kubernetes.io/auth-secret", "Secret",
          "nginx.ingress.kubernetes.io/auth-secret", "Secret",
          "nginx.ingress.kubernetes.io/auth-tls-secret", "Secret");

  private final Map<String, List<Resource>> renamed = new HashMap<>();

  References(List<Resource> resources) {
    for (var resource : resources) {
      if (!resource.previous().isEmpty()) {
        renamed.computeIfAbsent(resource.kind(), _ -> new ArrayList<>()).add(resource);
      }
    }
  }

  void rewrite(Resource resource) {
    var spec = Fields.podSpec(resource.kind());
    if (spec != null) {
      IN_PODS.forEach(
          (kind, paths) -> paths.forEach(path -> names(resource, kind, spec + "/" + path)));
    }
    ELSEWHERE
        .getOrDefault(resource.kind(), Map.of())
        .forEach((kind, paths) -> paths.forEach(path -> names(resource, kind, path)));
    switch (resource.kind()) {
      case "HorizontalPodAutoscaler" -> byKind(resource, "spec/scaleTargetRef", SCALED);
      case "RoleBinding", "ClusterRoleBinding" -> {
        byKind(resource, "roleRef", List.of("Role", "ClusterRole"));
        byKind(resource, "subjects", List.of("ServiceAccount"));
      }
      case "Ingress" ->
          Fields.visit(
              resource.content(),
              "metadata/annotations",
              false,
              annotations ->
                  INGRESS_ANNOTATIONS.forEach(
                      (key, kind) ->
                          annotations.computeIfPresent(
                              key,
                              (_, name) ->
                                  now(
                                      resource,
                                      kind,
                                      name.toString(),
                                      "metadata/annotations/" + key))));
      default -> {
        // Names nothing more that Kustomize knows of.
      }
    }
  }

  private void names(Resource from, String kind, String path) {
    Fields.replace(from.content(), path, name -> now(from, kind, name, path));
  }

  /** A mapping that says which kind it names. */
  private void byKind(Resource from, String path, List<String> kinds) {
    Fields.visit(
        from.content(),
        path,
        false,
        map -> {
          if (map.get("kind") instanceof String kind
              && kinds.contains(kind)
              && map.get("name") instanceof String name) {
            map.put("name", now(from, kind, name, path + "/name"));
          }
        });
  }

  private String now(Resource from, String kind, String name, String path) {
    var candidates =
        renamed.getOrDefault(kind, List.of()).stream()
            .filter(one -> one.previous().stream().anyMatch(id -> id.name().equals(name)))
            .filter(
                one ->
                    !one.isNamespaced()
                        || !from.isNamespaced()
                        || one.id().namespace().equals(from.id().namespace()))
            .toList();
    if (candidates.size() > 1) {
      candidates = candidates.stream().filter(from::hasSameAdditions).toList();
    }
    var names = candidates.stream().map(Resource::name).distinct().toList();
    if (names.size() > 1) {
      throw new Refusal(
          from.file() + " (" + from.id().label() + ")",
          0,
          path.replace('/', '.'),
          "names "
              + kind
              + " '"
              + name
              + "', which could be "
              + String.join(" or ", names)
              + "; name the one that is meant as it is called at last");
    }
    return names.isEmpty() ? name : names.getFirst();
  }
}
