package io.aviary.webhook;

import io.aviary.release.Actor;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.DeliveryView.ApplicationVerdict;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.webhook.DeliveryRows.StoredDelivery;
import io.aviary.webhook.DeliveryRows.StoredVerdict;
import io.aviary.webhook.PushRules.Decision;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes a delivery in: what came, what was decided and the runs that it makes are one transaction.
 * If that fails nothing is left of it, and the delivery may come again.
 */
@Component
class Intake {

  private static final Logger log = LoggerFactory.getLogger(Intake.class);
  private static final int ATTEMPTS = 5;

  private final PushRules rules;
  private final DeliveryRows rows;
  private final BranchHeads heads;
  private final PathQuestions questions;
  private final TransactionTemplate transaction;
  private final InstantSource clock;

  Intake(
      PushRules rules,
      DeliveryRows rows,
      BranchHeads heads,
      PathQuestions questions,
      PlatformTransactionManager transactions,
      InstantSource clock) {
    this.rules = rules;
    this.rows = rows;
    this.heads = heads;
    this.questions = questions;
    this.transaction = new TransactionTemplate(transactions);
    this.clock = clock;
  }

  private record Ruled(Recipient recipient, Decision decision) {}

  /**
   * @param recipients not empty; each only once
   */
  Answer receive(Delivery delivery, StoredBody body, List<Recipient> recipients) {
    var ordered = inOrder(recipients);
    return attempt(
        attempt ->
            // That it came before is rare: the database's unique key says so at the first attempt.
            (attempt == 1 ? Optional.<StoredDelivery>empty() : rows.lock(delivery.id()))
                .map(there -> receiveAgain(there, delivery, ordered))
                .orElseGet(() -> receiveFirst(delivery, body, ordered)));
  }

  /**
   * Takes deliveries in by one transaction, without waiting for anybody else's.
   *
   * @return an answer to each; empty: nothing of it is stored and it needs a transaction of its
   *     own, because it came before, or somebody else is deciding about the same branch
   * @throws RuntimeException if nothing of any is stored, because of one of them or of the database
   */
  List<Optional<Answer>> receiveTogether(List<Arrival> arrivals) {
    var answers = new ArrayList<Optional<Answer>>();
    var committed = new AtomicBoolean();
    try {
      transaction.executeWithoutResult(
          status -> {
            TransactionSynchronizationManager.registerSynchronization(
                new TransactionSynchronization() {
                  @Override
                  public void afterCommit() {
                    committed.set(true);
                  }

                  @Override
                  public int getOrder() {
                    return Ordered.HIGHEST_PRECEDENCE;
                  }
                });
            receiveTogether(arrivals, answers);
          });
    } catch (RuntimeException e) {
      if (!committed.get()) {
        throw e;
      }
      log.error("a listener to what was stored has failed: {}", e.getMessage(), e);
    }
    return answers;
  }

  private void receiveTogether(List<Arrival> arrivals, List<Optional<Answer>> answers) {
    var busy = heads.lockFree(followed(arrivals));
    var came = rows.known(arrivals.stream().map(it -> it.delivery().id()).toList());
    for (var arrival : arrivals) {
      var delivery = arrival.delivery();
      var isAlone =
          !came.add(delivery.id())
              || arrival.recipients().stream()
                  .anyMatch(it -> busy.contains(it.application().name()));
      if (isAlone) {
        answers.add(Optional.empty());
        continue;
      }
      MDC.put("delivery", delivery.id());
      try {
        answers.add(
            Optional.of(receiveFirst(delivery, arrival.body(), inOrder(arrival.recipients()))));
      } finally {
        MDC.remove("delivery");
      }
    }
  }

  /** Applications about whose branch there will be a decision. */
  private static Collection<ApplicationProperties> followed(List<Arrival> arrivals) {
    var followed = new LinkedHashMap<String, ApplicationProperties>();
    for (var arrival : arrivals) {
      var push = arrival.delivery().push();
      for (var recipient : arrival.recipients()) {
        if (push != null && push.isOf(recipient.application().branch())) {
          followed.put(recipient.application().name(), recipient.application());
        }
      }
    }
    return followed.values();
  }

  private Answer receiveFirst(Delivery delivery, StoredBody body, List<Recipient> recipients) {
    var now = clock.instant();
    var ruled = rule(delivery, recipients);
    var verdicts =
        ruled.stream()
            .map(it -> verdict(it.recipient(), it.decision(), now, Actor.AVIARY))
            .toList();
    var summary = Summary.of(verdicts);
    var seq = rows.insert(delivery, body, summary.verdict(), summary.reason());
    for (var i = 0; i < ruled.size(); i++) {
      store(seq, verdicts.get(i), ruled.get(i).decision());
    }
    return answer(delivery.id(), verdicts);
  }

  /**
   * The same delivery again. GitHub gives one id to an event and sends it to each of a repository's
   * webhooks, so that applications with secrets of their own may see it here for the first time.
   */
  private Answer receiveAgain(StoredDelivery there, Delivery delivery, List<Recipient> recipients) {
    var now = clock.instant();
    var known =
        rows.verdicts(List.of(there.seq())).getOrDefault(there.seq(), List.of()).stream()
            .filter(StoredVerdict::latest)
            .collect(Collectors.toMap(it -> it.verdict().name(), StoredVerdict::verdict));
    var verdicts = new ArrayList<ApplicationVerdict>();
    var isNew = false;
    for (var recipient : recipients) {
      var before = known.get(recipient.application().name());
      if (before != null) {
        verdicts.add(again(before));
        continue;
      }
      var decision = rules.decide(recipient.application(), delivery);
      var verdict = verdict(recipient, decision, now, Actor.AVIARY);
      store(there.seq(), verdict, decision);
      verdicts.add(verdict);
      isNew = true;
    }
    if (isNew) {
      rows.summarize(there.seq());
    } else {
      rows.countRedelivery(there.seq());
    }
    return answer(delivery.id(), verdicts);
  }

  private static ApplicationVerdict again(ApplicationVerdict before) {
    return new ApplicationVerdict(
        before.name(),
        Verdict.DUPLICATE,
        "this delivery came before and was " + before.verdict() + ": " + before.reason(),
        before.run(),
        before.secret(),
        before.decidedAt(),
        before.by());
  }

  /** Decides about a stored delivery again. */
  void replay(StoredDelivery there, List<Recipient> recipients, Actor actor) {
    var now = clock.instant();
    for (var recipient : inOrder(recipients)) {
      var decision = rules.decideAgain(recipient.application(), there.delivery(), actor);
      rows.retire(there.seq(), recipient.application().name());
      store(there.seq(), verdict(recipient, decision, now, actor), decision);
    }
    rows.summarize(there.seq());
  }

  /** Runs a transaction, anew if another one got in its way. */
  <T> T attempt(IntFunction<T> work) {
    for (var attempt = 1; ; attempt++) {
      var number = attempt;
      try {
        return Objects.requireNonNull(transaction.execute(status -> work.apply(number)));
      } catch (DuplicateKeyException | ConcurrencyFailureException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        log.debug("attempt {}: {}", attempt, e.getMessage());
      }
    }
  }

  private List<Ruled> rule(Delivery delivery, List<Recipient> recipients) {
    return recipients.stream()
        .map(it -> new Ruled(it, rules.decide(it.application(), delivery)))
        .toList();
  }

  private void store(long seq, ApplicationVerdict verdict, Decision decision) {
    var id = rows.insert(seq, verdict, decision.asksGit());
    if (decision.asksGit()) {
      questions.ask(id);
    }
  }

  /** Heads are locked in one order by everyone, so that nobody waits in a circle. */
  private static List<Recipient> inOrder(List<Recipient> recipients) {
    return recipients.stream().sorted(Comparator.comparing(it -> it.application().name())).toList();
  }

  private static ApplicationVerdict verdict(
      Recipient recipient, Decision decision, Instant now, Actor by) {
    return new ApplicationVerdict(
        recipient.application().name(),
        decision.verdict(),
        decision.reason(),
        decision.run(),
        recipient.secret(),
        now,
        by.name());
  }

  private static Answer answer(String id, List<ApplicationVerdict> verdicts) {
    var summary = Summary.of(verdicts);
    return new Answer(
        id,
        summary.verdict(),
        summary.reason(),
        verdicts.stream()
            .map(it -> new Answer.Entry(it.name(), it.verdict(), it.reason(), it.run()))
            .toList());
  }
}
