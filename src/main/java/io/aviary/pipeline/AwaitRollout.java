package io.aviary.pipeline;

import io.aviary.release.ProductionReleases;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Follows production's roll-out to its end; the canary serves its share meanwhile. */
@Component
class AwaitRollout implements StepBean<AwaitRollout.RolledOut> {

  /** How a roll-out went on. */
  record RolledOut(Patience failing, String progress) {}

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

  @Override
  public Outcome<RolledOut> advance(StepContext<RolledOut> step) {
    var cluster = targets.cluster(step);
    var namespace = targets.namespace(step);
    cluster.watch(namespace, step.run().id());
    var name = targets.source(step).productionDeployment();
    var rollout = cluster.rollout(namespace, name).orElse(null);
    var now = step.now();
    if (rollout == null) {
      return Outcome.failed("the Deployment " + name + " was deleted by someone else");
    }
    var before = step.data().map(RolledOut::failing).orElse(Patience.FRESH);
    var patience = before.look(rollout, now);
    var data = new RolledOut(patience, rollout.progress());
    if (rollout.complete()) {
      releases.rolledOver(step.run().id());
      return Outcome.done(data, rollout.progress());
    }
    share.keep(step);
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
