package io.aviary.pipeline;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.KubeObject;
import io.aviary.kubernetes.ObjectRef;
import io.aviary.release.ProductionReleases;
import io.aviary.release.ProductionReleases.ProductionRelease;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Applies production's manifests with the digests that the canary ran: built once, never rebuilt.
 */
@Component
class DeployToK8s implements StepBean<ProductionDeployed> {

  private final Targets targets;
  private final CanaryShare share;
  private final ProductionReleases releases;

  DeployToK8s(Targets targets, CanaryShare share, ProductionReleases releases) {
    this.targets = targets;
    this.share = share;
    this.releases = releases;
  }

  @Override
  public Class<ProductionDeployed> dataType() {
    return ProductionDeployed.class;
  }

  @Override
  public Duration timeout(StepContext<ProductionDeployed> step) {
    return step.definition().production().timeout();
  }

  @Override
  public Outcome<ProductionDeployed> advance(StepContext<ProductionDeployed> step) {
    var cluster = targets.cluster(step);
    var namespace = targets.namespace(step);
    var objects = targets.prepare(step, targets.source(step).production());
    var images = targets.images(step);
    var known = step.data().orElse(null);
    if (known == null) {
      known = new ProductionDeployed(recordBefore(step, cluster, objects), List.of(), images);
      step.remember(known);
    }
    releases.recordIntent(
        new ProductionRelease(
            step.run().application(),
            step.run().id(),
            step.run().revision(),
            images,
            objects.stream().map(KubeObject::content).toList(),
            null));
    // The canary keeps its share until production has rolled over; on record is what comes after.
    var shared = objects.stream().map(object -> share.with(step, object)).toList();
    var applied = cluster.apply(namespace, shared).stream().map(Cluster.Applied::ref).toList();
    return Outcome.done(
        new ProductionDeployed(known.absent(), applied, images),
        applied.size() + " objects applied");
  }

  /**
   * Keeps what production was, so that even the first roll-out can be undone; answers what was not
   * there.
   */
  private List<ObjectRef> recordBefore(
      StepContext<?> step, Cluster cluster, List<KubeObject> objects) {
    var namespace = step.application().namespace();
    var absent = new ArrayList<ObjectRef>();
    var existing = new ArrayList<Map<String, Object>>();
    for (var object : objects) {
      var ref = cluster.find(namespace, object.apiVersion(), object.kind(), object.name());
      ref.flatMap(cluster::live)
          .map(live -> share.without(step, live))
          .ifPresent(live -> existing.add(live.content()));
      if (ref.isEmpty()) {
        absent.add(
            new ObjectRef(object.apiVersion(), object.kind(), namespace, object.name(), null));
      }
    }
    if (!existing.isEmpty()) {
      releases.recordExisting(step.run().application(), existing);
    }
    return absent;
  }
}
