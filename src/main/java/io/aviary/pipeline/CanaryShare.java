package io.aviary.pipeline;

import io.aviary.gates.Check;
import io.aviary.kubernetes.KubeObject;
import io.aviary.kubernetes.Names;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepContext;
import io.aviary.traffic.TrafficSplit;
import io.aviary.traffic.TrafficSplit.Progress;
import io.aviary.traffic.TrafficSplits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The share that a canary has: in a gate, between two, and until production has rolled over. */
@Component
class CanaryShare {

  private final Targets targets;
  private final TrafficSplits splits;

  CanaryShare(Targets targets, TrafficSplits splits) {
    this.targets = targets;
    this.splits = splits;
  }

  /** Empty: nothing of production's could be shared. */
  Optional<TrafficSplit> split(StepContext<?> step) {
    return between(step).map(between -> splits.of(between, step.definition().traffic()));
  }

  /** An object of production's without anything that was put into it for the canary. */
  KubeObject without(StepContext<?> step, KubeObject live) {
    return between(step)
        .map(between -> splits.without(between, step.definition().traffic(), live))
        .orElse(live);
  }

  /** An object of production's manifests with the share that the canary has in the live one. */
  KubeObject with(StepContext<?> step, KubeObject manifest) {
    var asked = asked(step);
    return asked.isEmpty()
        ? manifest
        : between(step)
            .map(
                between -> splits.with(between, step.definition().traffic(), asked.get(), manifest))
            .orElse(manifest);
  }

  private Optional<TrafficSplits.Between> between(StepContext<?> step) {
    var source = targets.source(step);
    return Optional.ofNullable(source.productionService())
        .map(
            service ->
                new TrafficSplits.Between(
                    targets.cluster(step),
                    targets.namespace(step),
                    source.canaryDeployment(),
                    source.canaryService(),
                    service,
                    // What a split makes belongs to the run that made the canary, also when
                    // production rolls.
                    Names.labels(step.run().application(), step.madeBy("deployCanary"))));
  }

  // ---- in a gate

  /** What a gate begins with: its own share, or the one that was asked for last before it. */
  static GateShare of(StepContext<?> step, GateDefinition gate) {
    return gate.traffic() != null
        ? GateShare.of(gate.traffic(), true)
        : GateShare.of(inherited(step, gate), false);
  }

  private static @Nullable Double inherited(StepContext<?> step, GateDefinition gate) {
    return step.definition().canary().gates().stream()
        .takeWhile(one -> !one.name().equals(gate.name()))
        .map(GateDefinition::traffic)
        .filter(Objects::nonNull)
        .reduce((first, last) -> last)
        .orElse(null);
  }

  /** A gate's share after a look, and whether it is what the gate asks for. */
  record Looked(GateShare share, Check check) {}

  /**
   * Works towards the gate's share, or keeps it once it was there. {@link Check.Open}: on its way,
   * or being put right after pods were replaced or production's became more or fewer; {@link
   * Check.Broken}: farther away than the tolerance, and it cannot be helped.
   */
  Looked look(StepContext<?> step, GateShare share) {
    var asked = share.asked();
    if (asked == null) {
      return share.reachedAt() != null
          ? new Looked(share, new Check.Holds("no share"))
          : new Looked(share.reached(null, null, step.now()), new Check.Holds("no share"));
    }
    var split = split(step);
    if (split.isEmpty()) {
      return new Looked(
          share,
          new Check.Broken("production has no Service whose traffic could be shared", List.of()));
    }
    var before = share.reachedAt() != null;
    return switch (before || !share.own() ? split.get().keep(asked) : split.get().advance(asked)) {
      case Progress.Reached(var percent, var how) ->
          new Looked(
              before ? share.away(null) : share.reached(percent, how, step.now()),
              new Check.Holds(how));
      case Progress.Impossible(var reason) ->
          new Looked(
              share,
              new Check.Broken(before ? "the share was lost: " + reason : reason, List.of()));
      case Progress.OutOfReach(var reason) when !before && !isProductionOnTheMove(step) ->
          new Looked(share, new Check.Broken(reason, List.of()));
      case Progress.OutOfReach(var reason) -> onItsWay(step, share, reason);
      case Progress.Pending(var reason) -> onItsWay(step, share, reason);
    };
  }

  private static Looked onItsWay(StepContext<?> step, GateShare share, String reason) {
    return share.reachedAt() != null
        ? away(step, share, reason)
        : new Looked(share, soon(step, reason));
  }

  /** Its pods become more or fewer, or some are not ready. */
  private boolean isProductionOnTheMove(StepContext<?> step) {
    return targets
        .cluster(step)
        .rollout(targets.namespace(step), targets.source(step).productionDeployment())
        .filter(rollout -> rollout.ready() != rollout.desired())
        .isPresent();
  }

  /** Pods that are replaced need the time that a canary may take to be ready, and no more. */
  private static Looked away(StepContext<?> step, GateShare share, String reason) {
    var since = share.awaySince() == null ? step.now() : share.awaySince();
    var patience = step.definition().canary().timeout();
    return new Looked(
        share.away(since),
        step.now().isBefore(since.plus(patience))
            ? soon(step, "the share is put right: " + reason)
            : new Check.Broken(
                "the share was lost and not to be had again within "
                    + patience.toSeconds()
                    + " s: "
                    + reason,
                List.of()));
  }

  private static Check soon(StepContext<?> step, String reason) {
    return new Check.Open(Outcome.For.CLUSTER, reason, soonest(step.now()));
  }

  private static Instant soonest(Instant now) {
    return now.plus(Duration.ofSeconds(1));
  }

  // ---- outside of gates

  /** Asks the cluster already for what {@link #keep} is going to read. */
  void ahead(StepContext<?> step) {
    if (asked(step).isPresent()) {
      split(step).ifPresent(TrafficSplit::ahead);
    }
  }

  /**
   * Keeps the share of the last gate that reached one, while pods come and go.
   *
   * @return what keeps it from being what it should be; empty: it is, or there is none
   */
  Optional<String> keep(StepContext<?> step) {
    var asked = asked(step);
    var split = asked.isEmpty() ? Optional.<TrafficSplit>empty() : split(step);
    return split.flatMap(
        found ->
            switch (found.keep(asked.orElseThrow())) {
              case Progress.Reached _ -> Optional.empty();
              case Progress.Pending(var reason) -> Optional.of(reason);
              case Progress.OutOfReach(var reason) -> Optional.of(reason);
              case Progress.Impossible(var reason) -> Optional.of(reason);
            });
  }

  /** What the canary was given last; empty: no gate has reached a share yet. */
  static Optional<Double> asked(StepContext<?> step) {
    return step.definition().canary().gates().reversed().stream()
        .flatMap(gate -> step.remembered(gate.name(), GateProgress.class).stream())
        .map(GateProgress::share)
        .filter(share -> share.reached() != null)
        .map(GateShare::asked)
        .filter(Objects::nonNull)
        .findFirst();
  }
}
