package io.aviary.pipeline;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.Names;
import io.aviary.kubernetes.ObjectRef;
import io.aviary.release.step.StepContext;
import io.aviary.traffic.TrafficSplit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Takes a canary away: its share first, then its objects, and looks whether they are gone. Used
 * after success and after failure alike, because what a user of production notices is the same.
 */
@Component
class CanaryRemoval {

  private final Targets targets;
  private final CanaryShare share;
  private final Baseline baseline;

  CanaryRemoval(Targets targets, CanaryShare share, Baseline baseline) {
    this.targets = targets;
    this.share = share;
    this.baseline = baseline;
  }

  /**
   * How far a removal is.
   *
   * @param noShareAt when it was seen that no request reaches the canary
   * @param deletedAt when the deletion was asked for
   * @param goneAt when it was seen that everything is gone
   */
  record Progress(
      @Nullable Instant noShareAt, @Nullable Instant deletedAt, @Nullable Instant goneAt) {

    static final Progress NONE = new Progress(null, null, null);

    boolean isGone() {
      return goneAt != null;
    }

    String words() {
      return noShareAt == null
          ? "taking the share of traffic away"
          : deletedAt == null ? "deleting the canary" : "waiting until the canary is gone";
    }
  }

  /** Goes on with a removal; the same call again and again until {@link Progress#isGone()}. */
  Progress advance(StepContext<?> step, Progress progress) {
    var cluster = targets.cluster(step);
    var namespace = targets.namespace(step);
    cluster.watch(namespace, step.run().id());
    var now = step.now();
    if (progress.noShareAt() == null) {
      if (!hasNoShare(step)) {
        return progress;
      }
      progress = new Progress(now, null, null);
    }
    var objects = objects(step, cluster, namespace);
    if (progress.deletedAt() == null) {
      objects.forEach(cluster::delete);
      progress = new Progress(progress.noShareAt(), now, null);
    }
    var left =
        objects.stream()
            .filter(
                ref ->
                    cluster
                        .find(ref.namespace(), ref.apiVersion(), ref.kind(), ref.name())
                        .filter(there -> ref.uid() == null || ref.uid().equals(there.uid()))
                        .isPresent())
            .toList();
    if (left.isEmpty() && hasNoShare(step) && !baseline.isServing(step)) {
      return new Progress(progress.noShareAt(), progress.deletedAt(), now);
    }
    left.forEach(cluster::delete);
    return progress;
  }

  /** Names of what is still there, for the record of an undo that failed. */
  List<String> left(StepContext<?> step) {
    var cluster = targets.cluster(step);
    return objects(step, cluster, targets.namespace(step)).stream()
        .filter(
            ref ->
                cluster.find(ref.namespace(), ref.apiVersion(), ref.kind(), ref.name()).isPresent())
        .map(ObjectRef::label)
        .toList();
  }

  /** Names of what was created for the canary, as far as the record knows. */
  static List<String> recorded(StepContext<?> step) {
    return step
        .remembered("deployCanary", CanaryDeployed.class)
        .map(deployed -> deployed.objects().isEmpty() ? deployed.planned() : deployed.objects())
        .orElse(List.of())
        .stream()
        .map(ObjectRef::label)
        .toList();
  }

  private boolean hasNoShare(StepContext<?> step) {
    return share.split(step).map(TrafficSplit::withdraw).orElse(true);
  }

  /**
   * What the canary run created: what it recorded, and what it may have created just before it
   * died.
   */
  private List<ObjectRef> objects(StepContext<?> step, Cluster cluster, String namespace) {
    var deployed = step.remembered("deployCanary", CanaryDeployed.class).orElse(null);
    if (deployed == null) {
      return List.of();
    }
    Set<String> kinds = new LinkedHashSet<>();
    deployed.planned().forEach(ref -> kinds.add(ref.apiVersion() + "/" + ref.kind()));
    var labels =
        Map.of(
            Names.MANAGED_BY, "aviary",
            Names.APPLICATION, Names.label(step.run().application()),
            Names.RUN, String.valueOf(step.madeBy("deployCanary")));
    var all = new ArrayList<>(deployed.objects());
    for (var found : cluster.list(namespace, List.copyOf(kinds), labels)) {
      if (all.stream().noneMatch(known -> found.uid() != null && found.uid().equals(known.uid()))) {
        all.add(found);
      }
    }
    return all;
  }
}
