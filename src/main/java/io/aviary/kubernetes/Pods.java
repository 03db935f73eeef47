package io.aviary.kubernetes;

import io.aviary.kubernetes.Cluster.Pod;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads pods as the API gives them. */
final class Pods {

  private Pods() {}

  static Pod pod(Map<String, Object> pod) {
    return new Pod(
        name(pod),
        Json.textOr("", pod, "metadata", "uid"),
        isReady(pod),
        isTerminating(pod),
        phase(pod),
        instant(pod, "status", "startTime"),
        Json.texts(pod, "metadata", "labels"),
        images(pod));
  }

  static String name(Map<String, Object> object) {
    return Json.textOr("", object, "metadata", "name");
  }

  static String uid(Map<String, Object> object) {
    return Json.textOr("", object, "metadata", "uid");
  }

  static String namespace(Map<String, Object> object) {
    return Json.textOr("", object, "metadata", "namespace");
  }

  static boolean isReady(Map<String, Object> pod) {
    return condition(pod, "Ready").map(ready -> "True".equals(ready.get("status"))).orElse(false);
  }

  static boolean isTerminating(Map<String, Object> object) {
    return Json.at(object, "metadata", "deletionTimestamp") != null;
  }

  static String phase(Map<String, Object> pod) {
    return Json.textOr("Pending", pod, "status", "phase");
  }

  /** Of any object whose status has conditions. */
  static Optional<Map<String, Object>> condition(Map<String, Object> object, String type) {
    return Json.maps(object, "status", "conditions").stream()
        .filter(condition -> type.equals(condition.get("type")))
        .findFirst();
  }

  /** Statuses, those of init containers first, in the order in which they start. */
  static List<Map<String, Object>> containers(Map<String, Object> pod) {
    return Stream.concat(
            Json.maps(pod, "status", "initContainerStatuses").stream(),
            Json.maps(pod, "status", "containerStatuses").stream())
        .toList();
  }

  static boolean isOwnedBy(Map<String, Object> object, String ownerUid) {
    return Json.maps(object, "metadata", "ownerReferences").stream()
        .anyMatch(owner -> ownerUid.equals(owner.get("uid")));
  }

  static @Nullable Instant instant(Map<String, Object> object, String... path) {
    var time = Json.text(object, path);
    return time == null ? null : Instant.parse(time);
  }

  private static Map<String, String> images(Map<String, Object> pod) {
    Map<String, String> images = new LinkedHashMap<>();
    for (var container : Json.maps(pod, "spec", "containers")) {
      images.put(Json.textOr("", container, "name"), Json.textOr("", container, "image"));
    }
    for (var container : Json.maps(pod, "status", "containerStatuses")) {
      var id = Json.textOr("", container, "imageID");
      // Without a name in front it is not the digest that a registry knows.
      if (id.contains("@")) {
        images.put(Json.textOr("", container, "name"), id.replaceFirst("^[a-z-]+://", ""));
      }
    }
    return Map.copyOf(images);
  }
}
