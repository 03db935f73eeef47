package io.aviary.kubernetes;

import java.util.List;
import java.util.Map;

/** Live objects in the form of a manifest. */
final class LiveObjects {

  private static final List<String> SERVER_METADATA =
      List.of(
          "managedFields",
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "selfLink",
          "generateName",
          "ownerReferences");

  private static final List<String> SERVER_ANNOTATIONS =
      List.of(FieldOwnership.LAST_APPLIED, "deployment.kubernetes.io/revision");

  private LiveObjects() {}

  /**
   * Without what the server or its controllers added. Node ports stay, because clients may know
   * them; addresses do not.
   */
  static KubeObject cleaned(Map<String, Object> live) {
    var object = Json.copy(live);
    object.remove("status");
    var metadata = Json.child(object, "metadata");
    metadata.keySet().removeAll(SERVER_METADATA);
    if (metadata.get("annotations") != null) {
      var annotations = Json.child(metadata, "annotations");
      annotations.keySet().removeAll(SERVER_ANNOTATIONS);
      if (annotations.isEmpty()) {
        metadata.remove("annotations");
      }
    }
    if ("Service".equals(object.get("kind"))) {
      var spec = Json.child(object, "spec");
      if (!"None".equals(spec.get("clusterIP"))) {
        spec.remove("clusterIP");
      }
      spec.keySet().removeAll(List.of("clusterIPs", "ipFamilies", "healthCheckNodePort"));
    }
    return new KubeObject(object);
  }

  static ObjectRef ref(Map<String, Object> object) {
    var metadata = Json.map(object, "metadata");
    return new ObjectRef(
        String.valueOf(object.get("apiVersion")),
        String.valueOf(object.get("kind")),
        String.valueOf(metadata.get("namespace")),
        String.valueOf(metadata.get("name")),
        Json.text(metadata, "uid"));
  }
}
