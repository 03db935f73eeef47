package io.aviary.traffic;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.KubeObject;
import io.aviary.release.definition.TrafficDefinition;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds the mechanism that an application's definition names. */
@Component
public class TrafficSplits {

  private final InstantSource clock;

  public TrafficSplits(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Between whom requests are shared.
   *
   * @param deployment of the canary
   * @param canaryService of the canary alone; null: it has none, which is enough only by labels
   * @param service of production, whose requests are shared
   * @param labels of objects that a split makes for itself: {@link
   *     io.aviary.kubernetes.Names#labels} of the application and of the run that made the canary
   */
  public record Between(
      Cluster cluster,
      String namespace,
      String deployment,
      @Nullable String canaryService,
      String service,
      Map<String, String> labels) {}

  /** The way of one canary. */
  public TrafficSplit of(Between between, TrafficDefinition traffic) {
    return switch (traffic.by()) {
      case LABELS -> new LabelSplit(between, traffic.tolerance());
      case GATEWAY -> new GatewaySplit(between, route(traffic), traffic.tolerance(), clock);
      case INGRESS -> new IngressSplit(between, route(traffic), traffic.tolerance(), clock);
    };
  }

  /**
   * An object of production's as it would be without the canary, so that what is put back later
   * does not bring back a backend that is gone.
   *
   * @param live as it is in the cluster
   * @return the same where nothing of the canary's is in it
   */
  public KubeObject without(Between between, TrafficDefinition traffic, KubeObject live) {
    var canary = between.canaryService();
    if (canary == null || !isShared(traffic, live)) {
      return live;
    }
    var content = Fields.copy(live.content());
    var shared = shared(between, canary, content);
    if (!shared.isTouched()) {
      return live;
    }
    shared.restore();
    shared.forget();
    return new KubeObject(content);
  }

  /**
   * An object of production's manifests with the share that the canary has in the live one: applied
   * as it is, it would take the share away before production has rolled over.
   *
   * @param percent that the canary was given
   * @param manifest ready to be applied
   * @return the same where the canary has no share by it
   */
  public KubeObject with(
      Between between, TrafficDefinition traffic, double percent, KubeObject manifest) {
    var canary = between.canaryService();
    if (canary == null || !isShared(traffic, manifest)) {
      return manifest;
    }
    var live =
        between
            .cluster()
            .find(between.namespace(), GatewaySplit.API_VERSION, GatewaySplit.KIND, manifest.name())
            .flatMap(between.cluster()::live)
            .map(there -> shared(between, canary, Fields.copy(there.content())))
            .filter(there -> there.share() > 0);
    if (live.isEmpty()) {
      return manifest;
    }
    var content = Fields.copy(manifest.content());
    var shared = shared(between, canary, content);
    var ports = ServicePorts.of(between.cluster(), between.namespace(), canary);
    if (shared.prepare(ports::like).isPresent() || shared.set(percent).isPresent()) {
      return manifest; // what stands against it is said where the share is kept
    }
    var accepted = live.get().acceptedAt();
    if (accepted != null) {
      shared.acceptedAt(accepted);
    }
    return new KubeObject(content);
  }

  private static SharedRoute shared(Between between, String canary, Map<String, Object> content) {
    return new SharedRoute(content, between.namespace(), between.service(), canary);
  }

  private static boolean isShared(TrafficDefinition traffic, KubeObject object) {
    return traffic.by() == TrafficDefinition.By.GATEWAY
        && object.kind().equals(GatewaySplit.KIND)
        && object.name().equals(traffic.route());
  }

  private static String route(TrafficDefinition traffic) {
    if (traffic.route() == null) {
      throw new IllegalStateException(
          "traffic by " + traffic.by() + " has no route, which is refused when the commit is read");
    }
    return traffic.route();
  }
}
