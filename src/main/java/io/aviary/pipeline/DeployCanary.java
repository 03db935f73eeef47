package io.aviary.pipeline;

import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.KubeObject;
import io.aviary.kubernetes.Names;
import io.aviary.kubernetes.ObjectRef;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Starts the new version beside production and waits until the cluster calls it ready. */
@Component
class DeployCanary implements StepBean<CanaryDeployed> {

  private final Targets targets;
  private final Baseline baseline;

  DeployCanary(Targets targets, Baseline baseline) {
    this.targets = targets;
    this.baseline = baseline;
  }

  @Override
  public Class<CanaryDeployed> dataType() {
    return CanaryDeployed.class;
  }

  @Override
  public Duration timeout(StepContext<CanaryDeployed> step) {
    return step.definition().canary().timeout();
  }

  @Override
  public Outcome<CanaryDeployed> advance(StepContext<CanaryDeployed> step) {
    var cluster = targets.cluster(step);
    var namespace = targets.namespace(step);
    cluster.watch(namespace, step.run().id());
    var known = step.data().orElse(null);
    if (known == null || known.objects().isEmpty()) {
      var objects = objects(step);
      var foreign = foreign(cluster, step, objects);
      if (foreign.isPresent()) {
        return Outcome.failed(foreign.get());
      }
      var planned = objects.stream().map(object -> planned(namespace, object)).toList();
      known = new CanaryDeployed(planned, List.of(), targets.images(step), Patience.FRESH, null);
      step.remember(known);
      var applied = cluster.apply(namespace, objects).stream().map(Cluster.Applied::ref).toList();
      known = new CanaryDeployed(planned, applied, known.images(), Patience.FRESH, null);
      step.remember(known);
    }
    return follow(step, cluster, namespace, known);
  }

  private Outcome<CanaryDeployed> follow(
      StepContext<CanaryDeployed> step, Cluster cluster, String namespace, CanaryDeployed known) {
    var name = targets.source(step).canaryDeployment();
    var rollout = cluster.rollout(namespace, name).orElse(null);
    var now = step.now();
    if (rollout == null) {
      return Outcome.failed("the Deployment " + name + " was deleted by someone else");
    }
    if (rollout.complete()) {
      var trouble = targets.trouble(step, known);
      if (trouble.isPresent()) {
        return Outcome.failed(trouble.get());
      }
      return Outcome.done(
          new CanaryDeployed(
              known.planned(), known.objects(), known.images(), known.failing(), now),
          rollout.progress());
    }
    var patience = known.failing().look(rollout, now);
    var words = Patience.words(rollout);
    if (patience.isOver(now)) {
      return Outcome.failed(
          known.with(patience), "the canary does not start: " + words, Patience.evidence(rollout));
    }
    if (step.isOverdue()) {
      return Outcome.failed(
          known.with(patience),
          "the canary was not ready within "
              + timeout(step).toSeconds()
              + " s: "
              + (words.isEmpty() ? rollout.progress() : words),
          Patience.evidence(rollout));
    }
    return new Outcome.Wait<>(
        known.with(patience),
        Outcome.For.CLUSTER,
        words.isEmpty() ? rollout.progress() : rollout.progress() + ": " + words,
        earlier(step.deadline(), patience.end(now)));
  }

  /** The canary's, and the baseline to compare it with where a gate does. */
  private List<KubeObject> objects(StepContext<?> step) {
    var objects = new ArrayList<>(targets.prepare(step, targets.source(step).canary()));
    baseline.manifest(step, objects).ifPresent(objects::add);
    return objects;
  }

  static Instant earlier(Instant one, @Nullable Instant other) {
    return other == null || one.isBefore(other) ? one : other;
  }

  /** An object of that name that is not this application's is never touched. */
  private static Optional<String> foreign(
      Cluster cluster, StepContext<?> step, List<KubeObject> objects) {
    var namespace = step.application().namespace();
    for (var object : objects) {
      var there = cluster.find(namespace, object.apiVersion(), object.kind(), object.name());
      if (there.isPresent() && !isOurs(cluster, step, there.get())) {
        return Optional.of(
            there.get().label()
                + " is in namespace "
                + namespace
                + " already and was not made by Aviary for this application; delete it, or give the canary another name");
      }
    }
    return Optional.empty();
  }

  private static boolean isOurs(Cluster cluster, StepContext<?> step, ObjectRef ref) {
    return cluster
        .live(ref)
        .filter(
            live ->
                live.content().get("metadata") instanceof Map<?, ?> metadata
                    && metadata.get("labels") instanceof Map<?, ?> labels
                    && Names.label(step.run().application()).equals(labels.get(Names.APPLICATION)))
        .isPresent();
  }

  private static ObjectRef planned(String namespace, KubeObject object) {
    return new ObjectRef(object.apiVersion(), object.kind(), namespace, object.name(), null);
  }
}
