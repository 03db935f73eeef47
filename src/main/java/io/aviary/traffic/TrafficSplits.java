package io.aviary.traffic;

import io.aviary.kubernetes.Cluster;
import io.aviary.release.definition.TrafficDefinition;
import org.springframework.stereotype.Component;

/** Finds the mechanism that an application's definition names. */
@Component
public class TrafficSplits {

  /**
   * The way of one canary.
   *
   * @param deployment of the canary
   * @param service of production, whose requests are shared
   */
  public TrafficSplit of(
      Cluster cluster,
      String namespace,
      String deployment,
      String service,
      TrafficDefinition traffic) {
    return switch (traffic.by()) {
      case LABELS -> new LabelSplit(cluster, namespace, deployment, service, traffic.tolerance());
      case GATEWAY, INGRESS ->
          throw new IllegalStateException(
              "traffic by " + traffic.by() + " is refused when the commit is read");
    };
  }
}
