package io.aviary.traffic;

import io.aviary.kubernetes.Cluster;
import io.aviary.release.definition.TrafficDefinition;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds the mechanism that an application's definition names. */
@Component
public class TrafficSplits {

  /**
   * Between whom requests are shared.
   *
   * @param deployment of the canary
   * @param canaryService of the canary alone; null: it has none, which is enough only by labels
   * @param service of production, whose requests are shared
   */
  public record Between(
      Cluster cluster,
      String namespace,
      String deployment,
      @Nullable String canaryService,
      String service) {}

  /** The way of one canary. */
  public TrafficSplit of(Between between, TrafficDefinition traffic) {
    return switch (traffic.by()) {
      case LABELS ->
          new LabelSplit(
              between.cluster(),
              between.namespace(),
              between.deployment(),
              between.service(),
              traffic.tolerance());
      case GATEWAY, INGRESS ->
          throw new IllegalStateException(
              "traffic by " + traffic.by() + " is refused when the commit is read");
    };
  }
}
