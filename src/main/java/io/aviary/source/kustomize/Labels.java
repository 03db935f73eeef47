package io.aviary.source.kustomize;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts labels and annotations where Kustomize puts them. */
final class Labels {

  private static final String AFFINITY_PREFERRED =
      "preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels";
  private static final String AFFINITY_REQUIRED =
      "requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels";

  /** Selectors of pods in the pods of Deployments and StatefulSets, if they have any. */
  private static final List<String> NEIGHBOURS =
      List.of(
          "spec/template/spec/affinity/podAffinity/" + AFFINITY_PREFERRED,
          "spec/template/spec/affinity/podAffinity/" + AFFINITY_REQUIRED,
          "spec/template/spec/affinity/podAntiAffinity/" + AFFINITY_PREFERRED,
          "spec/template/spec/affinity/podAntiAffinity/" + AFFINITY_REQUIRED,
          "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels");

  private final Map<String, String> pairs;

  Labels(Map<String, String> pairs) {
    this.pairs = pairs;
  }

  long size() {
    return pairs.size();
  }

  void label(Resource resource) {
    put(resource, "metadata/labels", true);
  }

  void labelPods(Resource resource) {
    template(resource, "labels");
    if (resource.kind().equals("StatefulSet")) {
      put(resource, "spec/volumeClaimTemplates/metadata/labels", true);
    }
  }

  void select(Resource resource) {
    switch (resource.kind()) {
      case "Service" -> {
        if (resource.apiVersion().equals("v1")) {
          put(resource, "spec/selector", true);
        }
      }
      case "ReplicationController" -> put(resource, "spec/selector", true);
      case "Deployment" -> {
        put(resource, "spec/selector/matchLabels", true);
        neighbours(resource);
      }
      case "ReplicaSet", "DaemonSet" -> put(resource, "spec/selector/matchLabels", true);
      case "StatefulSet" -> {
        put(resource, "spec/selector/matchLabels", true);
        neighbours(resource);
      }
      case "Job", "PodDisruptionBudget" -> put(resource, "spec/selector/matchLabels", false);
      case "CronJob" -> put(resource, "spec/jobTemplate/spec/selector/matchLabels", false);
      case "NetworkPolicy" -> {
        put(resource, "spec/podSelector/matchLabels", false);
        put(resource, "spec/ingress/from/podSelector/matchLabels", false);
        put(resource, "spec/egress/to/podSelector/matchLabels", false);
      }
      default -> {
        // Selects no pods that Kustomize knows of.
      }
    }
  }

  void annotate(Resource resource) {
    put(resource, "metadata/annotations", true);
    template(resource, "annotations");
  }

  private void template(Resource resource, String what) {
    if (resource.kind().equals("CronJob")) {
      put(resource, "spec/jobTemplate/metadata/" + what, true);
    }
    var template = Fields.podTemplate(resource.kind());
    if (template != null) {
      put(resource, template + "/metadata/" + what, true);
    }
  }

  private void neighbours(Resource resource) {
    if (resource.group().equals("apps")) {
      NEIGHBOURS.forEach(path -> put(resource, path, false));
    }
  }

  private void put(Resource resource, String path, boolean create) {
    Fields.visit(
        resource.content(), path, create, (Map<String, @Nullable Object> m) -> m.putAll(pairs));
  }
}
