package io.aviary.simulation;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Controller references. */
final class Owned {

  private Owned() {}

  static ObjectNode reference(ObjectNode owner) {
    return Json.object()
        .put("apiVersion", Json.text(owner, "apiVersion"))
        .put("kind", Json.text(owner, "kind"))
        .put("name", Json.text(owner, "metadata", "name"))
        .put("uid", ObjectStore.uid(owner))
        .put("controller", true)
        .put("blockOwnerDeletion", true);
  }

  /** The uid of the object that controls this one. */
  static Optional<String> controller(ObjectNode object) {
    return Json.objects(Json.at(object, "metadata", "ownerReferences")).stream()
        .filter(reference -> reference.path("controller").asBoolean(false))
        .map(reference -> Json.text(reference, "uid"))
        .findFirst();
  }

  static boolean isControlledBy(ObjectNode object, String uid) {
    return controller(object).filter(uid::equals).isPresent();
  }

  /** A pod as a template says, not yet stored. */
  static ObjectNode pod(ObjectNode owner, JsonNode template) {
    var pod = Json.object().put("apiVersion", "v1").put("kind", "Pod");
    var metadata = Json.make(pod, "metadata");
    for (var field : new String[] {"labels", "annotations"}) {
      var value = Json.at(template, "metadata", field);
      if (!value.isMissingNode()) {
        metadata.set(field, value.deepCopy());
      }
    }
    metadata.put("generateName", Json.text(owner, "metadata", "name") + "-");
    metadata.putArray("ownerReferences").add(reference(owner));
    pod.set("spec", template.path("spec").deepCopy());
    Json.make(pod, "status").put("phase", "Pending").put("qosClass", "BestEffort");
    return pod;
  }

  static ObjectKey key(Kind kind, ObjectNode object) {
    return new ObjectKey(
        kind, Json.text(object, "metadata", "namespace"), Json.text(object, "metadata", "name"));
  }
}
