package io.aviary.traffic;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.ObjectRef;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A Deployment as it is in the cluster, in what sharing needs to know of it.
 *
 * @param replicas asked for
 * @param template labels of its pod template
 * @param keys of the labels that its selector looks at
 */
record CanaryDeployment(
    int replicas, Map<String, String> template, Set<String> keys, Map<String, String> annotations) {

  static final String API_VERSION = "apps/v1";
  static final String KIND = "Deployment";

  static Optional<CanaryDeployment> read(Cluster cluster, String namespace, String name) {
    return cluster
        .live(new ObjectRef(API_VERSION, KIND, namespace, name, null))
        .map(live -> of(live.content()));
  }

  private static CanaryDeployment of(Map<String, Object> content) {
    var keys = new TreeSet<>(Fields.map(content, "spec", "selector", "matchLabels").keySet());
    for (var expression : Fields.maps(content, "spec", "selector", "matchExpressions")) {
      keys.add(String.valueOf(expression.get("key")));
    }
    return new CanaryDeployment(
        Fields.number(Fields.at(content, "spec", "replicas"), 1),
        Fields.texts(content, "spec", "template", "metadata", "labels"),
        keys,
        Fields.texts(content, "metadata", "annotations"));
  }

  /** Whether its pods are selected as they come. */
  boolean isSelectedBy(Map<String, String> selector) {
    return template.entrySet().containsAll(selector.entrySet());
  }
}
