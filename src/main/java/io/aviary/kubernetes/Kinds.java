package io.aviary.kubernetes;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Where the API server keeps the objects of a kind: asked once for each API version. */
final class Kinds {

  private record Collection(String name, boolean namespaced) {}

  private final Api api;
  private final Map<String, Map<String, Collection>> known = new ConcurrentHashMap<>();

  Kinds(Api api) {
    this.api = api;
  }

  /**
   * @throws ClusterException a rejection, where the cluster does not serve the kind or it is not
   *     namespaced
   */
  String path(String apiVersion, String kind, String namespace) {
    return findPath(apiVersion, kind, namespace)
        .orElseThrow(
            () ->
                new ClusterException(
                    api.address()
                        + " serves no "
                        + kind
                        + " of "
                        + apiVersion
                        + ". Use a version that this cluster has, or install what defines it.",
                    true));
  }

  String path(String apiVersion, String kind, String namespace, String name) {
    return path(apiVersion, kind, namespace) + "/" + Api.encoded(name);
  }

  /** Empty: the cluster does not serve the kind. */
  Optional<String> findPath(String apiVersion, String kind, String namespace) {
    return find(apiVersion, kind)
        .map(
            collection -> {
              if (!collection.namespaced()) {
                throw new ClusterException(
                    kind + " is not a namespaced kind, and Aviary touches no other.", true);
              }
              return root(apiVersion) + "/namespaces/" + namespace + "/" + collection.name();
            });
  }

  private Optional<Collection> find(String apiVersion, String kind) {
    var cached = known.getOrDefault(apiVersion, Map.of()).get(kind);
    if (cached != null) {
      return Optional.of(cached);
    }
    // A kind that is not there yet may come any time, with its CustomResourceDefinition.
    var served =
        api.get(root(apiVersion), "read the kinds of " + apiVersion).stream()
            .flatMap(list -> Json.maps(list, "resources").stream())
            .filter(resource -> !Json.textOr("/", resource, "name").contains("/"))
            .collect(
                Collectors.toMap(
                    resource -> Json.textOr("", resource, "kind"),
                    resource ->
                        new Collection(
                            Json.textOr("", resource, "name"),
                            Boolean.TRUE.equals(resource.get("namespaced"))),
                    (one, other) -> one));
    if (!served.isEmpty()) {
      known.put(apiVersion, served);
    }
    return Optional.ofNullable(served.get(kind));
  }

  private static String root(String apiVersion) {
    return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
  }
}
