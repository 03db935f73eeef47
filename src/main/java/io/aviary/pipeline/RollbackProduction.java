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
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Puts production back to the manifests and digests of the last good release, then removes the
 * canary. Without a predecessor what the run created is deleted.
 */
@Component
class RollbackProduction implements StepBean<ProductionRestored> {

  private final Targets targets;
  private final CanaryRemoval removal;
  private final ProductionReleases releases;

  RollbackProduction(Targets targets, CanaryRemoval removal, ProductionReleases releases) {
    this.targets = targets;
    this.removal = removal;
    this.releases = releases;
  }

  @Override
  public Class<ProductionRestored> dataType() {
    return ProductionRestored.class;
  }

  @Override
  public Duration timeout(StepContext<ProductionRestored> step) {
    return step.definition().production().timeout().multipliedBy(2);
  }

  @Override
  public List<String> left(StepContext<ProductionRestored> step) {
    var left = new ArrayList<String>();
    step.remembered("deployToK8s", ProductionDeployed.class)
        .ifPresent(
            deployed ->
                deployed.applied().forEach(ref -> left.add(ref.label() + " of this release")));
    left.addAll(CanaryRemoval.recorded(step));
    return left;
  }

  @Override
  public Outcome<ProductionRestored> advance(StepContext<ProductionRestored> step) {
    var cluster = targets.cluster(step);
    cluster.watch(targets.namespace(step), step.run().id());
    var begun = step.remembered("deployToK8s", ProductionDeployed.class);
    var before = releases.live(step.run().application());
    var known =
        step.data()
            .orElseGet(
                () ->
                    new ProductionRestored(
                        words(begun, before), null, null, CanaryRemoval.Progress.NONE));
    if (known.appliedAt() == null) {
      step.record("restoring production: " + known.to(), null);
      begun.ifPresent(deployed -> restore(step, cluster, deployed, before));
      known = new ProductionRestored(known.to(), step.now(), null, known.canary());
      step.remember(known);
    }
    if (known.restoredAt() == null) {
      var waiting = begun.isEmpty() ? Optional.<String>empty() : notYet(step, cluster, before);
      if (waiting.isPresent()) {
        return step.isOverdue()
            ? Outcome.failed(known, "production is not back: " + waiting.get(), left(step))
            : Outcome.waitForCluster(known, "restoring production: " + waiting.get());
      }
      releases.undone(step.madeBy("deployToK8s"));
      known = new ProductionRestored(known.to(), known.appliedAt(), step.now(), known.canary());
      step.remember(known);
    }
    var canary = removal.advance(step, known.canary());
    known = new ProductionRestored(known.to(), known.appliedAt(), known.restoredAt(), canary);
    if (canary.isGone()) {
      return Outcome.done(known, known.to());
    }
    return step.isOverdue()
        ? Outcome.failed(
            known,
            "still in the cluster: " + String.join(", ", removal.left(step)),
            removal.left(step))
        : Outcome.waitForCluster(known, canary.words(), step.now(), Duration.ofSeconds(1));
  }

  private static String words(
      Optional<ProductionDeployed> begun, Optional<ProductionRelease> before) {
    if (begun.isEmpty()) {
      return "production had not been changed";
    }
    return before
        .map(
            release ->
                release.revision() == null
                    ? "back to what was there before Aviary"
                    : "back to " + release.revision().substring(0, 7))
        .orElse("there was no production before: what was created is deleted");
  }

  private void restore(
      StepContext<?> step,
      Cluster cluster,
      ProductionDeployed deployed,
      Optional<ProductionRelease> before) {
    var namespace = targets.namespace(step);
    before.ifPresent(
        release ->
            cluster.apply(namespace, release.objects().stream().map(KubeObject::new).toList()));
    added(deployed, before).forEach(ref -> uid(cluster, deployed, ref).ifPresent(cluster::delete));
  }

  /** What was not there before the failed release and is no part of the restored one. */
  private static List<ObjectRef> added(
      ProductionDeployed deployed, Optional<ProductionRelease> before) {
    return deployed.absent().stream()
        .filter(
            ref ->
                before.stream()
                    .flatMap(release -> release.objects().stream())
                    .map(KubeObject::new)
                    .noneMatch(
                        object ->
                            object.kind().equals(ref.kind()) && object.name().equals(ref.name())))
        .toList();
  }

  /**
   * The uid as it was when the run applied; where the run died before it could record it, the one
   * that is there.
   */
  private static Optional<ObjectRef> uid(
      Cluster cluster, ProductionDeployed deployed, ObjectRef ref) {
    return deployed.applied().stream()
        .filter(one -> one.kind().equals(ref.kind()) && one.name().equals(ref.name()))
        .findFirst()
        .or(() -> cluster.find(ref.namespace(), ref.apiVersion(), ref.kind(), ref.name()));
  }

  /** What production still waits for; empty: it is as it was. */
  private Optional<String> notYet(
      StepContext<?> step, Cluster cluster, Optional<ProductionRelease> before) {
    var namespace = targets.namespace(step);
    var name = targets.source(step).productionDeployment();
    var hadDeployment =
        before.stream()
            .flatMap(release -> release.objects().stream())
            .map(KubeObject::new)
            .anyMatch(object -> object.kind().equals("Deployment") && object.name().equals(name));
    var rollout = cluster.rollout(namespace, name);
    if (!hadDeployment) {
      return rollout.map(still -> "the Deployment " + name + " is still there");
    }
    return rollout
        .map(state -> state.complete() ? Optional.<String>empty() : Optional.of(state.progress()))
        .orElse(Optional.of("the Deployment " + name + " is not there"));
  }
}
