package io.aviary.webhook;

import io.aviary.release.Actor;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.DeliveryView;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.Releases;
import io.aviary.release.RunView;
import io.aviary.release.Trigger;
import io.aviary.webhook.BranchHeads.BranchHead;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Which push counts. Decides for one application about one delivery, in the caller's transaction,
 * and leaves the branch's head locked until that ends; a run that is due is made here.
 */
@Component
class PushRules {

  /**
   * What was decided.
   *
   * @param asksGit the verdict hangs on which paths changed, and git has to be asked for that
   */
  record Decision(Verdict verdict, String reason, @Nullable Long run, boolean asksGit) {

    static Decision ignored(String reason) {
      return new Decision(Verdict.IGNORED, reason, null, false);
    }

    static Decision duplicate(String reason, @Nullable Long run) {
      return new Decision(Verdict.DUPLICATE, reason, run, false);
    }
  }

  private final BranchHeads heads;
  private final DeliveryRows rows;
  private final Releases releases;
  private final InstantSource clock;

  PushRules(BranchHeads heads, DeliveryRows rows, Releases releases, InstantSource clock) {
    this.heads = heads;
    this.rows = rows;
    this.releases = releases;
    this.clock = clock;
  }

  /** About a delivery that is new. */
  Decision decide(ApplicationProperties application, Delivery delivery) {
    var push = delivery.push();
    if (push == null || !push.isOf(application.branch())) {
      return Decision.ignored(notOfTheBranch(application, delivery, push));
    }
    var head = heads.lock(application).map(known -> asToldBy(application, push, known));
    var decision =
        deleted(push)
            .or(() -> rolledBack(application, push))
            .or(() -> isKnown(application, push, head))
            .or(() -> skipped(push))
            .orElseGet(() -> accept(application, delivery, push, actor(delivery)));
    if (decision.verdict() != Verdict.DUPLICATE) {
      note(application, push, head, decision);
    }
    return decision;
  }

  /**
   * About a delivery that was decided about before. It neither makes a second run of a commit nor
   * moves the branch's head.
   */
  Decision decideAgain(ApplicationProperties application, Delivery delivery, Actor actor) {
    var push = delivery.push();
    if (push == null || !push.isOf(application.branch())) {
      return Decision.ignored(notOfTheBranch(application, delivery, push));
    }
    var head = heads.lock(application);
    var decision =
        deleted(push)
            .or(() -> rolledBack(application, push))
            .or(() -> hasRun(application, push))
            .or(() -> skipped(push))
            .orElseGet(() -> accept(application, delivery, push, actor));
    if (head.isEmpty()) {
      note(application, push, head, decision);
    }
    return decision;
  }

  private static String notOfTheBranch(
      ApplicationProperties application, Delivery delivery, @Nullable Push push) {
    if (delivery.event().equals(Delivery.PING)) {
      return "a ping: the webhook reaches this server";
    }
    if (push == null) {
      return "'" + delivery.event() + "' is not a push";
    }
    return push.isTag()
        ? push.ref() + " is a tag; only commits on " + application.branch() + " are released"
        : "a push to " + push.shortRef() + "; the application follows " + application.branch();
  }

  private static Optional<Decision> deleted(Push push) {
    return push.deleted()
        ? Optional.of(Decision.ignored("the branch was deleted"))
        : Optional.empty();
  }

  private Optional<Decision> rolledBack(ApplicationProperties application, Push push) {
    return releases
        .rolledBack(application.name(), push.after())
        .map(run -> Decision.ignored(whyNotAgain(run)));
  }

  static String whyNotAgain(RunView run) {
    return "run "
        + run.id()
        + " rolled "
        + run.shortRevision()
        + " back; it is released again only if a person starts a run of it";
  }

  /**
   * A server that sees a branch for the first time takes its head as known. If that was pushed a
   * moment before, its push is still on the way, and is the first to tell of it.
   */
  private BranchHead asToldBy(ApplicationProperties application, Push push, BranchHead known) {
    if (known.isDecided() || push.deleted() || !known.head().equals(push.after())) {
      return known;
    }
    heads.rebase(application, push.before(), clock.instant());
    return new BranchHead(known.head(), push.before(), clock.instant(), false);
  }

  private Optional<Decision> isKnown(
      ApplicationProperties application, Push push, Optional<BranchHead> head) {
    if (head.isEmpty() || !head.get().head().equals(push.after()) || !head.get().isDecided()) {
      return Optional.empty();
    }
    return hasRun(application, push)
        .or(
            () ->
                Optional.of(
                    Decision.duplicate(
                        push.shortAfter()
                            + " is the head that "
                            + application.branch()
                            + " is known to have; no run was made for it",
                        null)));
  }

  private Optional<Decision> hasRun(ApplicationProperties application, Push push) {
    return releases
        .newestOf(application.name(), push.after())
        .map(
            run ->
                Decision.duplicate(
                    "run " + run.id() + " was made for " + push.shortAfter(), run.id()));
  }

  private static Optional<Decision> skipped(Push push) {
    return push.skipWord().map(word -> Decision.ignored("the head commit's message says " + word));
  }

  private Decision accept(
      ApplicationProperties application, Delivery delivery, Push push, Actor actor) {
    if (!application.paths().isEmpty()) {
      return new Decision(Verdict.ACCEPTED, "asking git which paths changed", null, true);
    }
    var run =
        releases.startCanary(
            application, push.after(), trigger(delivery), actor, push.message(), push.author());
    return new Decision(Verdict.ACCEPTED, accepted(delivery, push), run.id(), false);
  }

  private static String accepted(Delivery delivery, Push push) {
    return delivery.event().equals(DeliveryView.MISSED_PUSH)
        ? push.shortAfter() + " is the branch's head, and no push of it was delivered"
        : push.shortAfter() + " was pushed to " + push.shortRef();
  }

  static Trigger trigger(Delivery delivery) {
    return delivery.event().equals(DeliveryView.MISSED_PUSH) ? Trigger.MISSED_PUSH : Trigger.PUSH;
  }

  static Actor actor(Delivery delivery) {
    if (delivery.event().equals(DeliveryView.MISSED_PUSH)) {
      return Actor.AVIARY;
    }
    return new Actor(delivery.sender() == null ? "GitHub" : delivery.sender(), delivery.address());
  }

  /** Remembers the head that the push left behind, unless a later push has come in before it. */
  private void note(
      ApplicationProperties application, Push push, Optional<BranchHead> known, Decision decision) {
    var now = clock.instant();
    if (known.isEmpty()) {
      heads.insert(application, push.after(), decision.verdict(), push.before(), now);
      return;
    }
    var head = known.get();
    if (isLate(application, push, head)) {
      return;
    }
    heads.move(application, push.after(), decision.verdict(), now);
    var leftOut =
        decision.verdict() == Verdict.IGNORED
            && !push.deleted()
            && head.base().equals(push.before());
    if (leftOut) {
      heads.rebase(application, push.after(), now);
    }
  }

  /**
   * Deliveries come out of order: a push whose result another push is known to have started from is
   * the older one. A forced push may go anywhere.
   */
  private boolean isLate(ApplicationProperties application, Push push, BranchHead head) {
    return !push.forced()
        && !push.deleted()
        && !push.before().equals(head.head())
        && rows.wasLeft(application, push.after());
  }
}
