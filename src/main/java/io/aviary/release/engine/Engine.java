package io.aviary.release.engine;

import io.aviary.release.Applications;
import io.aviary.release.step.Lease;
import io.aviary.release.step.LeaseLostException;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.Plan;
import io.aviary.release.step.ReadOnce;
import io.aviary.release.step.Rejectable;
import io.aviary.release.step.StepBean;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Advances one run as far as it goes now: claims it, calls the steps whose time has come, records
 * what came of each call, and gives it back with the time of its next look. Holds nothing between
 * two calls of {@link #advance} but the claims that are to be renewed.
 */
@Component
class Engine {

  /** The safety net for steps that wait for the cluster: a lost event costs no more than this. */
  static final Duration SAFETY_POLL = Duration.ofSeconds(10);

  /** While servers are upgraded one after the other, an older one may find it. */
  private static final String NEWER =
      "was planned by a newer version of Aviary, and waits for a server of that version; start one, or let it end"
          + " there before going back";

  /** So that a run to which something happens all the time is given back and shown as it is. */
  private static final int LOOKS_WITHOUT_GIVING_BACK = 8;

  private static final Duration TURN_POLL = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Logger log = LoggerFactory.getLogger(Engine.class);

  private final RunStore store;
  private final KnownRuns known;
  private final Map<String, StepBean<?>> beans;
  private final Applications applications;
  private final JsonMapper json;
  private final InstantSource clock;
  private final StoredFreezes freezes;
  private final String owner;
  private final Reactions reactions;
  private final Map<Claim, Lease> claims = new ConcurrentHashMap<>();
  private volatile boolean draining;

  Engine(
      RunStore store,
      KnownRuns known,
      Map<String, StepBean<?>> beans,
      Applications applications,
      JsonMapper json,
      InstantSource clock,
      StoredFreezes freezes,
      ServerName server,
      Reactions reactions) {
    this.store = store;
    this.known = known;
    this.beans = beans;
    this.applications = applications;
    this.json = json;
    this.clock = clock;
    this.freezes = freezes;
    this.owner = server.name();
    this.reactions = reactions;
  }

  /** What is to happen with the run next. */
  sealed interface Next {
    /** At this moment, unless an event comes before. */
    record At(Instant time) implements Next {}

    /** At once: something happened meanwhile. */
    record Again() implements Next {}

    /** Nothing here: it is final, waits for a person, or another server has it. */
    record Nothing() implements Next {}
  }

  Next advance(long id) {
    return advance(id, () -> false);
  }

  /**
   * Advances it.
   *
   * @param called whether something has happened to the run since this was asked before; then it is
   *     looked at again without being given back in between
   */
  Next advance(long id, BooleanSupplier called) {
    var asked = clock.instant();
    var claimed = store.claim(id, owner);
    if (claimed.isEmpty()) {
      return new Next.Nothing();
    }
    var claim = claimed.get().claim();
    var lease = new Lease(id, clock, asked, RunStore.LEASE);
    claims.put(claim, lease);
    MDC.put("run", Long.toString(id));
    MDC.put("application", claim.application());
    reactions.begins(id);
    try {
      return lease.during(() -> advance(claim, claimed.get().run(), called));
    } catch (LeaseLostException e) {
      log.info("{}", e.getMessage());
      reactions.leaseLost();
      return new Next.Nothing();
    } finally {
      claims.remove(claim);
      reactions.ends(id);
      MDC.remove("run");
      MDC.remove("application");
    }
  }

  /**
   * From now on a run is given back after the call that is under way, due at once, so that a
   * sibling takes it over without waiting for the lease to run out.
   */
  void drain() {
    draining = true;
  }

  /** Called every few seconds: keeps what this server is working on. */
  void renewClaims() {
    claims.forEach(
        (claim, lease) -> {
          var asked = clock.instant();
          if (store.renew(claim)) {
            lease.renewed(asked, RunStore.LEASE);
          } else {
            claims.remove(claim);
          }
        });
  }

  private Next advance(Claim claim, Run first, BooleanSupplier calledMeanwhile) {
    var called = new HashSet<String>();
    var pass = new Pass();
    var looks = 1;
    // As it was claimed: what is read once more costs a reaction to an event its time.
    var run = first;
    var seen = run.signals;
    while (true) {
      if (draining) {
        var _ = settle(claim, run, seen, clock.instant());
        return new Next.Nothing();
      }
      if (run.planVersion > Plan.VERSION) {
        store.hold(claim, NEWER);
        return settle(claim, run, seen, clock.instant().plus(TURN_POLL));
      }
      var frozen = freezes.holding(run);
      if (frozen.isPresent()) {
        store.hold(claim, frozen.get().words());
        return settle(claim, run, seen, frozen.get().changesAt());
      }
      switch (Work.of(run, clock.instant(), called)) {
        case Work.Call call -> {
          if (begin(claim, call.steps())) {
            run = store.load(claim);
            reactions.handsOver(claim.run());
          }
          var news = false;
          for (var step : call.steps()) {
            called.add(step.name);
            var came = call(claim, run, run.step(step.name).orElseThrow());
            pass.note(came.next());
            news |= came.isNews();
            var isLast = step.name.equals(call.steps().getLast().name);
            // A step's failure or a person's cancel changes what is to be done with its siblings.
            if (draining || (!isLast && store.isEnding(claim))) {
              news = true;
              break;
            }
          }
          if (!news) {
            // What is at hand is still what is stored; settling hears of anything else.
            continue;
          }
        }
        case Work.Stop stop -> {
          for (var step : stop.steps()) {
            called.add(Work.stopOf(step));
            pass.note(stop(claim, run, step));
          }
        }
        case Work.AskTurn() -> {
          if (store.askTurn(claim) == RunStore.Asked.WAITS) {
            // Whoever ends wakes the next; this is for the day when that is lost.
            return settle(claim, run, seen, clock.instant().plus(TURN_POLL));
          }
        }
        case Work.Conclude conclude -> {
          reactions.moves(claim.run());
          store.conclude(claim, conclude.as(), conclude.why());
          log.info("run {} {}", claim.run(), conclude.as());
          return new Next.Nothing();
        }
        case Work.Nothing() -> {
          if (looks == LOOKS_WITHOUT_GIVING_BACK || !calledMeanwhile.getAsBoolean()) {
            return settle(claim, run, seen, pass.wake(run, clock.instant()));
          }
          looks++;
          reactions.ends(claim.run());
          reactions.begins(claim.run());
          called.clear();
          pass = new Pass();
        }
      }
      run = store.load(claim);
      if (called.isEmpty()) {
        seen = run.signals;
      }
    }
  }

  /**
   * Gives the run back.
   *
   * @param run as it was loaded last
   * @param seen how many events had come in when it was last looked at from the beginning
   */
  private Next settle(Claim claim, Run run, long seen, @Nullable Instant wake) {
    if (store.settle(claim, run, seen, wake)) {
      return new Next.Again();
    }
    return wake == null ? new Next.Nothing() : new Next.At(wake);
  }

  /** False: all of them are under way. */
  private boolean begin(Claim claim, List<Step> steps) {
    var beginning =
        steps.stream().filter(step -> step.startedAt == null).map(step -> step.name).toList();
    if (!beginning.isEmpty()) {
      reactions.moves(claim.run());
      store.begin(claim, beginning);
    }
    return !beginning.isEmpty();
  }

  /** When a pass through a run is over, this knows when to look again. */
  private static final class Pass {
    private @Nullable Instant earliest;

    void note(@Nullable Instant next) {
      if (next != null && (earliest == null || next.isBefore(earliest))) {
        earliest = next;
      }
    }

    @Nullable Instant wake(Run run, Instant now) {
      for (var step : run.steps) {
        if (step.notBefore != null && !step.status.isFinal()) {
          note(step.notBefore.isBefore(now) ? now : step.notBefore);
        }
      }
      return earliest;
    }
  }

  // ---- one call

  /**
   * What came of a call.
   *
   * @param next when to look again; null: nothing to look for
   * @param isNews whether anything was recorded
   */
  private record Came(@Nullable Instant next, boolean isNews) {}

  private Came call(Claim claim, Run run, Step step) {
    return call(claim, run, step, bean(step));
  }

  private <D extends Record> Came call(Claim claim, Run run, Step step, StepBean<D> bean) {
    var context = context(claim, run, step, bean);
    try {
      reactions.calls(claim.run());
      var outcome = ReadOnce.during(() -> bean.advance(context));
      log.trace("step {}: {}", step.name, outcome);
      if (!(outcome instanceof Outcome.Wait<D> wait)) {
        reactions.moves(claim.run());
      } else if (!context.hasWritten() && isRecorded(step, wait)) {
        return new Came(next(outcome, context), false);
      }
      store.apply(claim, step.name, outcome);
      return new Came(next(outcome, context), true);
    } catch (LeaseLostException e) {
      throw e;
    } catch (RuntimeException e) {
      return new Came(fault(claim, step, bean, context, e), true);
    }
  }

  private boolean isRecorded(Step step, Outcome.Wait<?> wait) {
    var data = wait.data();
    return step.waitsSo(wait, data == null ? null : json.writeValueAsString(data));
  }

  private static @Nullable Instant next(Outcome<?> outcome, CallContext<?> context) {
    if (!(outcome instanceof Outcome.Wait<?> wait)) {
      return null;
    }
    var poll = wait.what() == Outcome.For.CLUSTER ? context.now().plus(SAFETY_POLL) : null;
    if (wait.until() == null) {
      return poll;
    }
    return poll == null || wait.until().isBefore(poll) ? wait.until() : poll;
  }

  private <D extends Record> @Nullable Instant fault(
      Claim claim, Step step, StepBean<D> bean, CallContext<D> context, RuntimeException e) {
    var what = words(e);
    log.warn("step {} of run {}: {}", step.name, claim.run(), what);
    log.debug("step {} of run {}", step.name, claim.run(), e);
    var decided = !step.undo && e instanceof Rejectable rejectable && rejectable.isRejection();
    if (decided || context.isOverdue()) {
      var reason =
          decided ? what : what + " (given up after " + bean.timeout(context).toSeconds() + " s)";
      store.apply(claim, step.name, givenUp(step, bean, context, reason));
      return null;
    }
    var again = clock.instant().plus(pause(step.faults + 1));
    store.fault(claim, step.name, what, again);
    return again;
  }

  private static <D extends Record> Outcome<D> givenUp(
      Step step, StepBean<D> bean, CallContext<D> context, String reason) {
    var left = step.undo ? bean.left(context) : List.<String>of();
    return left.isEmpty()
        ? Outcome.failed(reason)
        : Outcome.failed(
            null, reason + "; perhaps still in the cluster: " + String.join(", ", left), left);
  }

  private @Nullable Instant stop(Claim claim, Run run, Step step) {
    return stop(claim, run, step, bean(step));
  }

  private <D extends Record> @Nullable Instant stop(
      Claim claim, Run run, Step step, StepBean<D> bean) {
    var context = context(claim, run, step, bean);
    var why = run.ending == null ? "stopped" : "stopped: the run ends " + run.ending;
    try {
      if (ReadOnce.during(() -> bean.stop(context)) instanceof Outcome.Wait<D> wait) {
        store.apply(claim, step.name, wait);
        return next(wait, context);
      }
      store.stopped(claim, step.name, why);
      return null;
    } catch (LeaseLostException e) {
      throw e;
    } catch (RuntimeException e) {
      if (context.isOverdue()) {
        store.stopped(claim, step.name, why + "; but: " + words(e));
        return null;
      }
      log.warn("stopping step {} of run {}: {}", step.name, claim.run(), words(e));
      log.debug("stopping step {} of run {}", step.name, claim.run(), e);
      var again = clock.instant().plus(pause(step.faults + 1));
      store.fault(claim, step.name, words(e), again);
      return again;
    }
  }

  /** 1 s, 2 s, 4 s … 30 s, each a little at random so that many runs do not knock at once. */
  private static Duration pause(int faults) {
    var seconds = Math.min(LONGEST_PAUSE.toSeconds(), 1L << Math.min(faults - 1, 10));
    var jitter = ThreadLocalRandom.current().nextInt(200);
    return Duration.ofSeconds(seconds).plusMillis(jitter);
  }

  private static String words(RuntimeException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private StepBean<?> bean(Step step) {
    var bean = beans.get(step.kind);
    if (bean == null) {
      throw new IllegalStateException("this version of Aviary knows no step of kind " + step.kind);
    }
    return bean;
  }

  private <D extends Record> CallContext<D> context(
      Claim claim, Run run, Step step, StepBean<D> bean) {
    var application =
        applications
            .find(run.application)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the application "
                            + run.application
                            + " is no longer configured; put it back under aviary.applications to"
                            + " let its run end"));
    return new CallContext<>(
        claim, run, step, bean, application, store, known, json, clock.instant());
  }
}
