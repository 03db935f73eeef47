package io.aviary.kubernetes;

import io.aviary.kubernetes.Cluster.Pod;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the client's model of pods, in which anything may be missing. */
final class Pods {

  private Pods() {}

  static Pod pod(io.fabric8.kubernetes.api.model.Pod pod) {
    return new Pod(
        pod.getMetadata().getName(),
        pod.getMetadata().getUid(),
        isReady(pod),
        isTerminating(pod),
        phase(pod),
        pod.getStatus() == null ? null : instant(pod.getStatus().getStartTime()),
        labels(pod),
        images(pod));
  }

  static boolean isReady(io.fabric8.kubernetes.api.model.Pod pod) {
    return condition(pod, "Ready").map(ready -> "True".equals(ready.getStatus())).orElse(false);
  }

  static boolean isTerminating(HasMetadata object) {
    return object.getMetadata().getDeletionTimestamp() != null;
  }

  static String phase(io.fabric8.kubernetes.api.model.Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getPhase() == null
        ? "Pending"
        : pod.getStatus().getPhase();
  }

  static Optional<PodCondition> condition(io.fabric8.kubernetes.api.model.Pod pod, String type) {
    return pod.getStatus() == null
        ? Optional.empty()
        : pod.getStatus().getConditions().stream()
            .filter(condition -> type.equals(condition.getType()))
            .findFirst();
  }

  /** Those of init containers first, in the order in which they start. */
  static List<ContainerStatus> containers(io.fabric8.kubernetes.api.model.Pod pod) {
    return pod.getStatus() == null
        ? List.of()
        : Stream.concat(
                pod.getStatus().getInitContainerStatuses().stream(),
                pod.getStatus().getContainerStatuses().stream())
            .toList();
  }

  static boolean isOwnedBy(HasMetadata object, String ownerUid) {
    return object.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> ownerUid.equals(owner.getUid()));
  }

  static @Nullable Instant instant(@Nullable String time) {
    return time == null ? null : Instant.parse(time);
  }

  private static Map<String, String> labels(HasMetadata object) {
    return object.getMetadata().getLabels() == null
        ? Map.of()
        : Map.copyOf(object.getMetadata().getLabels());
  }

  private static Map<String, String> images(io.fabric8.kubernetes.api.model.Pod pod) {
    Map<String, String> images = new LinkedHashMap<>();
    if (pod.getSpec() != null) {
      pod.getSpec()
          .getContainers()
          .forEach(
              container -> images.put(container.getName(), String.valueOf(container.getImage())));
    }
    for (var container : containers(pod)) {
      var id = container.getImageID() == null ? "" : container.getImageID();
      // Without a name in front it is not the digest that a registry knows.
      if (id.contains("@") && images.containsKey(container.getName())) {
        images.put(container.getName(), id.replaceFirst("^[a-z-]+://", ""));
      }
    }
    return Map.copyOf(images);
  }
}
