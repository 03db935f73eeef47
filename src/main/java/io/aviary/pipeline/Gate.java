package io.aviary.pipeline;

import io.aviary.gates.Check;
import io.aviary.gates.TestPod;
import io.aviary.images.PushedImage;
import io.aviary.kubernetes.Cluster;
import io.aviary.kubernetes.Cluster.TaskSpec;
import io.aviary.kubernetes.Names;
import io.aviary.release.AviaryProperties;
import io.aviary.release.Placeholders;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.TestDefinition;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import io.aviary.traffic.TrafficSplit.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** A share of traffic, and what must hold while the canary gets it. */
@Component
class Gate implements StepBean<GateProgress> {

  private final Targets targets;
  private final CanaryShare share;
  private final AviaryProperties properties;

  Gate(Targets targets, CanaryShare share, AviaryProperties properties) {
    this.targets = targets;
    this.share = share;
    this.properties = properties;
  }

  @Override
  public Class<GateProgress> dataType() {
    return GateProgress.class;
  }

  @Override
  public Duration timeout(StepContext<GateProgress> step) {
    return definition(step).timeout();
  }

  @Override
  public Outcome<GateProgress> advance(StepContext<GateProgress> step) {
    var gate = definition(step);
    var cluster = targets.cluster(step);
    cluster.watch(targets.namespace(step), step.run().id());
    var progress = step.data().orElse(GateProgress.of(gate.traffic()));
    if (progress.reachedAt() == null) {
      if (wantsShare(step, gate) && !productionIsThere(step, cluster)) {
        return Outcome.skipped("there is no production yet whose traffic could be shared");
      }
      switch (reach(step, gate)) {
        case Progress.Reached(var percent, var how) -> {
          progress = progress.reached(gate.traffic() == null ? null : percent, how, step.now());
          if (gate.traffic() != null) {
            step.record(
                "share asked for " + gate.traffic() + " %, reached " + percent + " %: " + how,
                progress);
          }
          step.remember(progress);
        }
        case Progress.Pending(var reason) -> {
          return step.isOverdue()
              ? Outcome.failed(progress, "the share was not reached in time: " + reason, List.of())
              : Outcome.waitForCluster(progress, reason, step.now(), Duration.ofSeconds(1));
        }
        case Progress.Impossible(var reason) -> {
          return Outcome.failed(progress, reason, List.of());
        }
      }
    } else {
      share.keep(step);
    }
    return conditions(step, gate, cluster, progress);
  }

  private Outcome<GateProgress> conditions(
      StepContext<GateProgress> step, GateDefinition gate, Cluster cluster, GateProgress progress) {
    if (gone(step, cluster)) {
      return Outcome.failed(
          progress,
          "the Deployment "
              + targets.source(step).canaryDeployment()
              + " was deleted by someone else",
          List.of());
    }
    if (gate.test() == null) {
      return Outcome.done(progress, "nothing to wait for");
    }
    var test = testPod(step, gate.test(), cluster, progress);
    var check = test.advance(step.now());
    var next = progress.with(test.progress());
    return switch (check) {
      case Check.Holds(var reason) -> Outcome.done(next, reason);
      case Check.Broken(var reason, var evidence) -> Outcome.failed(next, reason, evidence);
      case Check.Open(var reason, var until) ->
          step.isOverdue()
              ? overdue(test, next, reason)
              : new Outcome.Wait<>(
                  next, Outcome.For.CLUSTER, reason, DeployCanary.earlier(step.deadline(), until));
    };
  }

  private static Outcome<GateProgress> overdue(TestPod test, GateProgress next, String reason) {
    test.stop();
    return Outcome.failed(next, "the gate's time is over: " + reason, List.of());
  }

  @Override
  public Outcome<GateProgress> stop(StepContext<GateProgress> step) {
    var test = definition(step).test();
    var progress = step.data().orElse(null);
    if (test != null && progress != null) {
      testPod(step, test, targets.cluster(step), progress).stop();
    }
    return Outcome.failed("stopped");
  }

  // ----

  private Progress reach(StepContext<GateProgress> step, GateDefinition gate) {
    var asked = gate.traffic();
    if (asked == null) {
      share.keep(step);
      return new Progress.Reached(0, "the share stays as it is");
    }
    return share
        .split(step)
        .map(split -> split.advance(asked))
        .orElseGet(
            () ->
                new Progress.Impossible("production has no Service whose traffic could be shared"));
  }

  /** Its own share or one that an earlier gate gave. */
  private boolean wantsShare(StepContext<GateProgress> step, GateDefinition gate) {
    for (var one : step.definition().canary().gates()) {
      if (one.traffic() != null) {
        return true;
      }
      if (one.name().equals(gate.name())) {
        return false;
      }
    }
    return false;
  }

  private boolean productionIsThere(StepContext<GateProgress> step, Cluster cluster) {
    return cluster
        .rollout(targets.namespace(step), targets.source(step).productionDeployment())
        .isPresent();
  }

  private boolean gone(StepContext<GateProgress> step, Cluster cluster) {
    return cluster
        .find(
            targets.namespace(step),
            "apps/v1",
            "Deployment",
            targets.source(step).canaryDeployment())
        .isEmpty();
  }

  private TestPod testPod(
      StepContext<GateProgress> step, TestDefinition test, Cluster cluster, GateProgress progress) {
    return new TestPod(
        cluster,
        spec(step, test),
        progress.test(),
        step.now(),
        (text, next) -> step.log(text, progress.with(next)));
  }

  private TaskSpec spec(StepContext<GateProgress> step, TestDefinition test) {
    var run = step.run();
    var image =
        step.result(step.definition().image(test.image()).pushStep(), PushedImage.class)
            .orElseThrow(
                () -> new IllegalStateException("the image " + test.image() + " is not there"));
    var pods = step.definition().pods();
    var placeholders = new Placeholders(run.revision(), run.branch(), run.id());
    return new TaskSpec(
        targets.namespace(step),
        Names.object("aviary", String.valueOf(run.id()), step.name()),
        false,
        image.reference(),
        test.command().stream().map(placeholders::replaceIn).toList(),
        List.of(),
        placeholders.replaceIn(test.env()),
        Map.of(),
        Map.of(),
        List.of(),
        pods.limits(),
        pods.requests(),
        pods.serviceAccount(),
        pods.nodeSelector(),
        properties.build().registrySecret(),
        false,
        false,
        test.timeout(),
        Names.labels(run.application(), run.id()));
  }

  private static GateDefinition definition(StepContext<?> step) {
    return step.definition().canary().gates().stream()
        .filter(gate -> gate.name().equals(step.subject()))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("the definition has no gate " + step.subject()));
  }
}
