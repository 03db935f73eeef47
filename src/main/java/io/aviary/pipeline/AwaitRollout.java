package io.aviary.pipeline;

import io.aviary.kubernetes.Cluster.Reading;
import io.aviary.release.ProductionReleases;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Follows production's roll-out to its end; the canary serves its share meanwhile. */
@Component
class AwaitRollout implements StepBean<AwaitRollout.RolledOut> {

  /**
   * How a roll-out went on.
   *
   * @param shareTrouble what kept the canary's share from being what it should be, at the last look
   */
  record RolledOut(Patience failing, String progress, @Nullable String shareTrouble) {}

  private final Targets targets;
  private final CanaryShare share;
  private final ProductionReleases releases;

  AwaitRollout(Targets targets, CanaryShare share, ProductionReleases releases) {
    this.targets = targets;
    this.share = share;
    this.releases = releases;
  }

  @Override
  public Class<RolledOut> dataType() {
    return RolledOut.class;
  }

  @Override
  public Duration timeout(StepContext<RolledOut> step) {
    return step.definition().production().timeout();
  }

  /** A canary that cannot keep its share does not stop production, but it is on record. */
  private @Nullable String keepShare(StepContext<RolledOut> step) {
    var trouble = share.keep(step).orElse(null);
    var before = step.data().map(RolledOut::shareTrouble).orElse(null);
    if (trouble != null && before == null) {
      step.record("the canary's share is not what it was: " + trouble, null);
    }
    return trouble;
  }

  @Override
  public Outcome<RolledOut> advance(StepContext<RolledOut> step) {
    var cluster = targets.cluster(step);
    var namespace = targets.namespace(step);
    cluster.watch(namespace, step.run().id());
    var name = targets.source(step).productionDeployment();
    cluster.ahead(namespace, List.of(Reading.OfObject.deployment(name)));
    share.ahead(step);
    var rollout = cluster.rollout(namespace, name).orElse(null);
    var now = step.now();
    if (rollout == null) {
      return Outcome.failed("the Deployment " + name + " was deleted by someone else");
    }
    var before = step.data().map(RolledOut::failing).orElse(Patience.FRESH);
    var patience = before.look(rollout, now);
    if (rollout.complete()) {
      var trouble =
          step.remembered("deployToK8s", ProductionDeployed.class)
              .flatMap(deployed -> targets.trouble(step, deployed));
      if (trouble.isPresent()) {
        return Outcome.failed(trouble.get());
      }
      releases.rolledOver(step.run().id());
      return Outcome.done(new RolledOut(patience, rollout.progress(), null), rollout.progress());
    }
    var data = new RolledOut(patience, rollout.progress(), keepShare(step));
    var words = Patience.words(rollout);
    if (patience.isOver(now)) {
      return Outcome.failed(
          data, "production's new pods do not start: " + words, Patience.evidence(rollout));
    }
    if (step.isOverdue()) {
      return Outcome.failed(
          data,
          "production had not rolled over within "
              + timeout(step).toSeconds()
              + " s: "
              + rollout.progress()
              + (words.isEmpty() ? "" : ": " + words),
          Patience.evidence(rollout));
    }
    return new Outcome.Wait<>(
        data,
        Outcome.For.CLUSTER,
        words.isEmpty() ? rollout.progress() : rollout.progress() + ": " + words,
        DeployCanary.earlier(step.deadline(), patience.end(now)));
  }
}
