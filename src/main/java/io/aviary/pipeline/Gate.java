package io.aviary.pipeline;

import io.aviary.gates.Approval;
import io.aviary.gates.Author;
import io.aviary.gates.Check;
import io.aviary.gates.Hold;
import io.aviary.pipeline.GateProgress.Awaiting;
import io.aviary.pipeline.GateProgress.What;
import io.aviary.release.definition.ApprovalDefinition;
import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.GateDefinition.OnInconclusive;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import io.aviary.release.step.StepContext.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * A share of traffic, and what must hold while the canary gets it: first the share is reached, then
 * hold, test and metrics go on side by side, and when all of them hold people are asked.
 */
@Component
class Gate implements StepBean<GateProgress> {

  /** While nothing but a time or a person is waited for, a share is looked after so often. */
  private static final Duration LOOK_AFTER_SHARE = Duration.ofSeconds(25);

  private static final Duration LOOK_AFTER_SHARE_FOR_LONG = Duration.ofMinutes(1);

  /** Faults at the very end of an approval do not decide it. */
  private static final Duration GRACE = Duration.ofMinutes(10);

  /** How long a person has to decide where the metrics gave no verdict. */
  private static final ApprovalDefinition VERDICT_BY_PERSON =
      new ApprovalDefinition(Duration.ofHours(24), ApprovalDefinition.OnTimeout.REJECT, 1, false);

  /** Of a canary of which no record is there only can be said whether it is there. */
  private static final CanaryDeployed NOT_RECORDED =
      new CanaryDeployed(List.of(), List.of(), Map.of(), Patience.FRESH, null);

  private final Targets targets;
  private final CanaryShare share;
  private final Baseline baseline;
  private final GateTests tests;
  private final GateMetrics metrics;

  Gate(
      Targets targets, CanaryShare share, Baseline baseline, GateTests tests, GateMetrics metrics) {
    this.targets = targets;
    this.share = share;
    this.baseline = baseline;
    this.tests = tests;
    this.metrics = metrics;
  }

  @Override
  public Class<GateProgress> dataType() {
    return GateProgress.class;
  }

  /** The gate's own timeout is for share, hold, test and metrics; people have theirs. */
  @Override
  public Duration timeout(StepContext<GateProgress> step) {
    return step.data()
        .map(GateProgress::awaiting)
        .map(asked -> Duration.between(step.startedAt(), asked.until()).plus(GRACE))
        .orElseGet(() -> definition(step).timeout());
  }

  @Override
  public Outcome<GateProgress> advance(StepContext<GateProgress> step) {
    var gate = definition(step);
    var progress = step.data().orElseGet(() -> GateProgress.of(CanaryShare.of(step, gate)));
    var promotion = promotion(step);
    if (promotion.isPresent()) {
      stopTest(step, gate, progress);
      return Outcome.skipped("promoted by " + Approval.words(promotion.get()));
    }
    targets.cluster(step).watch(targets.namespace(step), step.run().id());
    if (progress.skipped() == null && isFirstRelease(step, progress)) {
      var reason = "there is no production yet whose traffic could be shared";
      if (gate.approval() == null) {
        return Outcome.skipped(reason);
      }
      progress = progress.skipping(reason);
      step.record("only the approval is asked for: " + reason, null);
    } else if (step.data().isEmpty()) {
      // That there was a production is known from here, whatever becomes of this call.
      step.remember(progress);
    }
    return progress.skipped() == null
        ? withShare(step, gate, progress)
        : people(step, gate, progress);
  }

  private Outcome<GateProgress> withShare(
      StepContext<GateProgress> step, GateDefinition gate, GateProgress before) {
    if (gate.test() != null && before.share().reachedAt() != null) {
      tests.ahead(step);
    }
    // The baseline first: its pods are a part of what the share is counted of.
    var missing = baselineMissing(step, gate, before);
    var looked = share.look(step, before.share());
    var begins = before.share().reachedAt() == null && looked.share().reachedAt() != null;
    if (begins && missing.isPresent()) {
      if (step.now().isBefore(step.startedAt().plus(step.definition().canary().timeout()))) {
        return Outcome.waitForCluster(before, missing.get(), step.now(), Duration.ofSeconds(1));
      }
      step.record("goes on without the whole baseline: " + missing.get(), null);
    }
    var progress = before.with(looked.share());
    recordShare(step, before.share(), looked);
    if (begins) {
      // All times of the gate count from here, also after a crash.
      step.remember(progress);
    }
    // Also of one whose share is on its way: pods of another image may never be ready.
    var trouble =
        looked.check() instanceof Check.Broken ? Optional.<String>empty() : canaryTrouble(step);
    if (trouble.isPresent()) {
      return fail(step, gate, progress, trouble.get(), List.of());
    }
    return switch (looked.check()) {
      case Check.Holds _ -> judge(step, gate, progress);
      case Check.Broken(var reason, var evidence) -> fail(step, gate, progress, reason, evidence);
      case Check.Open(_, var reason, var until) ->
          isLate(step, gate, progress)
              ? fail(
                  step, gate, progress, "the share was not reached in time: " + reason, List.of())
              : waitForShare(progress, reason, until);
      case Check.Unclear(var reason, var until) -> waitForShare(progress, reason, until);
    };
  }

  /** People who have been asked may answer meanwhile; it counts once the share is there again. */
  private static Outcome<GateProgress> waitForShare(
      GateProgress progress, String reason, Instant until) {
    var what = progress.awaiting() == null ? Outcome.For.CLUSTER : Outcome.For.PERSON;
    return new Outcome.Wait<>(progress, what, reason, until);
  }

  /** A baseline is waited for as long as a canary; after that there is no comparison. */
  private Optional<String> baselineMissing(
      StepContext<GateProgress> step, GateDefinition gate, GateProgress before) {
    return before.share().reachedAt() == null && Baseline.isWanted(gate)
        ? baseline.waitsFor(step)
        : Optional.empty();
  }

  private static void recordShare(
      StepContext<GateProgress> step, GateShare before, CanaryShare.Looked looked) {
    var now = looked.share();
    if (before.reachedAt() == null && now.reached() != null) {
      step.record(
          "share asked for " + now.asked() + " %, reached " + now.reached() + " %: " + now.how(),
          now);
    }
    if (before.awaySince() == null && now.awaySince() != null) {
      step.record(looked.check().reason(), now);
    }
    if (before.awaySince() != null && now.awaySince() == null) {
      step.record("the share is back: " + looked.check().reason(), now);
    }
  }

  // ---- what must hold

  private Outcome<GateProgress> judge(
      StepContext<GateProgress> step, GateDefinition gate, GateProgress progress) {
    if (progress.awaiting() != null) {
      return people(step, gate, progress);
    }
    var since = Objects.requireNonNull(progress.share().reachedAt());
    var checks = new ArrayList<Check>();
    if (gate.hold() != null) {
      checks.add(Hold.check(gate.hold(), since, step.now()));
    }
    if (gate.test() != null) {
      var test = tests.pod(step, gate.test(), progress);
      checks.add(test.advance(step.now()));
      progress = progress.with(test.progress());
    }
    if (!gate.metrics().isEmpty()) {
      var measured = metrics.of(step, gate, progress);
      checks.add(measured.check(since, step.now()));
      progress = progress.with(measured.progress());
      shareAway(step, progress).ifPresent(checks::add);
    }
    return conclude(step, gate, progress, checks);
  }

  private static Optional<Check.Broken> shareAway(
      StepContext<GateProgress> step, GateProgress progress) {
    var asked = progress.share().asked();
    return asked == null
        ? Optional.empty()
        : MeasuredShare.of(progress.metrics())
            .flatMap(measured -> measured.away(asked, step.definition().traffic().tolerance()));
  }

  private Outcome<GateProgress> conclude(
      StepContext<GateProgress> step,
      GateDefinition gate,
      GateProgress progress,
      List<Check> checks) {
    for (var check : checks) {
      if (check instanceof Check.Broken(var reason, var evidence)) {
        return fail(step, gate, progress, reason, evidence);
      }
    }
    var open = checks.stream().filter(check -> !(check instanceof Check.Holds)).toList();
    if (open.isEmpty()) {
      return gate.approval() == null
          ? Outcome.done(progress, checks.isEmpty() ? "nothing to wait for" : reasons(checks))
          : people(step, gate, progress);
    }
    if (!isLate(step, gate, progress)) {
      return waiting(step, gate, progress, open);
    }
    if (!open.stream().allMatch(Check.Unclear.class::isInstance)) {
      return fail(step, gate, progress, "the gate's time is over: " + reasons(open), List.of());
    }
    var reason = "no verdict when the gate's time was over: " + reasons(open);
    if (gate.onInconclusive() == OnInconclusive.ROLL_BACK) {
      return fail(step, gate, progress, reason, List.of());
    }
    step.record(reason, null);
    return ask(step, gate, progress, What.VERDICT);
  }

  private static Outcome<GateProgress> waiting(
      StepContext<GateProgress> step,
      GateDefinition gate,
      GateProgress progress,
      List<Check> open) {
    var until = step.startedAt().plus(gate.timeout());
    var what = Outcome.For.TIME;
    for (var check : open) {
      switch (check) {
        case Check.Open one -> {
          until = DeployCanary.earlier(until, one.until());
          what = one.waitsFor() == Outcome.For.TIME ? what : Outcome.For.CLUSTER;
        }
        case Check.Unclear one -> {
          until = DeployCanary.earlier(until, one.until());
          what = Outcome.For.CLUSTER;
        }
        case Check.Holds _, Check.Broken _ -> {
          // Neither is waited for.
        }
      }
    }
    // What waits for the cluster is called again soon in any case.
    return new Outcome.Wait<>(
        progress,
        what,
        reasons(open),
        what == Outcome.For.TIME ? lookAfterShare(step, progress, LOOK_AFTER_SHARE, until) : until);
  }

  private static String reasons(List<Check> checks) {
    return checks.stream().map(Check::reason).collect(Collectors.joining("; "));
  }

  // ---- people

  /** What was asked is looked at; what is still to be asked is. */
  private Outcome<GateProgress> people(
      StepContext<GateProgress> step, GateDefinition gate, GateProgress progress) {
    var asked = progress.awaiting();
    if (asked == null) {
      return ask(step, gate, progress, What.APPROVAL);
    }
    var approval = approval(step, gate, asked);
    var decisions = step.decisions();
    var next = progress.approvedBy(approval.by(decisions));
    return switch (approval.check(decisions, step.now())) {
      case Check.Holds(var reason) when asked.what() == What.VERDICT -> {
        step.record("passed without a verdict of the metrics: " + reason, null);
        yield gate.approval() == null
            ? Outcome.done(next.asking(null), reason + ", without a verdict of the metrics")
            : askedAnew(step, next.asking(question(step, gate, What.APPROVAL)), reason);
      }
      case Check.Holds(var reason) -> Outcome.done(next.asking(null), reason);
      case Check.Broken(var reason, var evidence) ->
          Outcome.failed(next.asking(null), reason, evidence);
      case Check.Open(_, var reason, _) -> waitForPeople(step, next, asked, reason);
      case Check.Unclear(var reason, _) -> waitForPeople(step, next, asked, reason);
    };
  }

  private Outcome<GateProgress> ask(
      StepContext<GateProgress> step, GateDefinition gate, GateProgress progress, What what) {
    return people(step, gate, progress.asking(question(step, gate, what)));
  }

  private Awaiting question(StepContext<GateProgress> step, GateDefinition gate, What what) {
    var approval = approval(step, gate, new Awaiting(what, step.now(), step.now(), 1));
    return new Awaiting(what, step.now(), approval.until(), approval.definition().people());
  }

  /** A moment without a question lies between two, so that the same person may answer both. */
  private static Outcome<GateProgress> askedAnew(
      StepContext<GateProgress> step, GateProgress progress, String reason) {
    return Outcome.waitForTime(progress, reason + "; now the approval is asked for", step.now());
  }

  private static Outcome<GateProgress> waitForPeople(
      StepContext<GateProgress> step, GateProgress progress, Awaiting asked, String reason) {
    return Outcome.waitForPerson(
        progress,
        (asked.what() == What.VERDICT ? "the metrics gave no verdict; " : "") + reason,
        lookAfterShare(step, progress, LOOK_AFTER_SHARE_FOR_LONG, asked.until()));
  }

  private Approval approval(StepContext<GateProgress> step, GateDefinition gate, Awaiting asked) {
    var definition =
        asked.what() == What.VERDICT ? VERDICT_BY_PERSON : Objects.requireNonNull(gate.approval());
    return new Approval(definition, asked.since(), author(step));
  }

  private Author author(StepContext<GateProgress> step) {
    var run = step.run();
    return Author.of(
        run.author(),
        targets.source(step).authorEmail(),
        run.trigger().isPush() ? run.triggeredBy() : null);
  }

  private static Optional<Decision> promotion(StepContext<GateProgress> step) {
    return step.decisions().stream()
        .filter(decision -> decision.verdict() == Decision.Verdict.PROMOTE)
        .findFirst();
  }

  // ---- ends

  @Override
  public Outcome<GateProgress> stop(StepContext<GateProgress> step) {
    step.data().ifPresent(progress -> stopTest(step, definition(step), progress));
    return Outcome.failed("stopped");
  }

  private Outcome<GateProgress> fail(
      StepContext<GateProgress> step,
      GateDefinition gate,
      GateProgress progress,
      String reason,
      List<String> evidence) {
    stopTest(step, gate, progress);
    return Outcome.failed(progress.asking(null), reason, evidence);
  }

  private void stopTest(
      StepContext<GateProgress> step, GateDefinition gate, GateProgress progress) {
    var test = progress.test();
    if (gate.test() != null && test != null && test.exitCode() == null) {
      tests.pod(step, gate.test(), progress).stop();
    }
  }

  // ----

  /**
   * Without production there is nothing to share. Decided by a gate's first call: a production that
   * is gone later, or after a gate before this one shared its traffic, was deleted by somebody.
   */
  private boolean isFirstRelease(StepContext<GateProgress> step, GateProgress progress) {
    return step.data().isEmpty()
        && progress.share().asked() != null
        && CanaryShare.asked(step).isEmpty()
        && targets
            .cluster(step)
            .rollout(targets.namespace(step), targets.source(step).productionDeployment())
            .isEmpty();
  }

  /** Once people have been asked, the gate's own timeout is behind it. */
  private static boolean isLate(
      StepContext<GateProgress> step, GateDefinition gate, GateProgress progress) {
    return progress.awaiting() == null
        && !step.now().isBefore(step.startedAt().plus(gate.timeout()));
  }

  private static Instant lookAfterShare(
      StepContext<GateProgress> step, GateProgress progress, Duration pause, Instant until) {
    return progress.share().reached() == null
        ? until
        : DeployCanary.earlier(until, step.now().plus(pause));
  }

  private Optional<String> canaryTrouble(StepContext<GateProgress> step) {
    return step.remembered("deployCanary", CanaryDeployed.class)
        .or(() -> Optional.of(NOT_RECORDED))
        .flatMap(deployed -> targets.trouble(step, deployed));
  }

  private static GateDefinition definition(StepContext<?> step) {
    return step.definition().canary().gates().stream()
        .filter(gate -> gate.name().equals(step.subject()))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("the definition has no gate " + step.subject()));
  }
}
