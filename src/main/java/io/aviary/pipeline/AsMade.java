package io.aviary.pipeline;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.Json;
import io.aviary.kubernetes.KubeObject;
import io.aviary.kubernetes.Manifests;
import io.aviary.kubernetes.ObjectRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether a Deployment still is what a run made of it. What was seen of one that somebody deleted,
 * made anew or gave another image proves nothing about what the run is to release.
 */
final class AsMade {

  private AsMade() {}

  /**
   * Looks.
   *
   * @param manifests those that the run applied, with images as their authors wrote them
   * @param images that the run put in their places
   * @param made what the apply answered; without the Deployment only its images are compared
   * @return what somebody else did to it; empty: nothing that matters
   */
  static Optional<String> trouble(
      Cluster cluster,
      String namespace,
      String name,
      List<Map<String, Object>> manifests,
      Map<String, String> images,
      List<ObjectRef> made) {
    var there = cluster.find(namespace, "apps/v1", "Deployment", name);
    if (there.isEmpty()) {
      return Optional.of("the Deployment " + name + " was deleted by someone else");
    }
    var isAnother =
        made.stream()
            .filter(ref -> ref.kind().equals("Deployment") && ref.name().equals(name))
            .anyMatch(ref -> ref.uid() != null && !ref.uid().equals(there.get().uid()));
    if (isAnother) {
      return Optional.of(
          "the Deployment " + name + " was deleted by someone else, and is another one by now");
    }
    var wanted =
        Manifests.withImages(manifests.stream().map(KubeObject::new).toList(), images).stream()
            .filter(object -> object.kind().equals("Deployment") && object.name().equals(name))
            .findFirst()
            .map(AsMade::images)
            .orElse(Map.of());
    var live = cluster.live(there.get()).map(AsMade::images).orElse(Map.of());
    for (var container : wanted.entrySet()) {
      var runs = live.get(container.getKey());
      if (runs != null && !isSame(container.getValue(), runs)) {
        return Optional.of(
            "the Deployment "
                + name
                + " was changed by someone else: its container "
                + container.getKey()
                + " is to run "
                + runs
                + " instead of "
                + container.getValue());
      }
    }
    return Optional.empty();
  }

  /** A mirror's name before the same digest makes no difference. */
  private static boolean isSame(String wanted, String live) {
    var digest = wanted.indexOf("@sha256:");
    return digest < 0 ? wanted.equals(live) : live.endsWith(wanted.substring(digest));
  }

  /** Container to image. */
  private static Map<String, String> images(KubeObject deployment) {
    var images = new TreeMap<String, String>();
    for (var container :
        Json.maps(deployment.content(), "spec", "template", "spec", "containers")) {
      images.put(String.valueOf(container.get("name")), String.valueOf(container.get("image")));
    }
    return images;
  }
}
