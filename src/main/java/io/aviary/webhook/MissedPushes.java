package io.aviary.webhook;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.DeliveryView;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.RepositoryHistory;
import io.aviary.webhook.BranchHeads.BranchHead;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Finds pushes that GitHub did not deliver: a branch whose head in the repository is another one
 * than the last head with a verdict on record. One server of several does it at a time.
 *
 * <p>A branch of which nothing is known is taken as it is: an empty database never means that
 * everything is to be released.
 */
@Component
class MissedPushes implements DisposableBean {

  static final String TASK = "missed-pushes";

  private static final Logger log = LoggerFactory.getLogger(MissedPushes.class);
  private static final int AT_ONCE = 8;

  /** A repository that takes longer does not hold up the next look at the others. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Applications applications;
  private final RepositoryHistory history;
  private final BranchHeads heads;
  private final DeliveryRows rows;
  private final Intake intake;
  private final InstantSource clock;
  private final Counter faults;
  private final ObjectProvider<Scheduler> scheduler;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Set<Branch> underWay = ConcurrentHashMap.newKeySet();

  MissedPushes(
      Applications applications,
      RepositoryHistory history,
      BranchHeads heads,
      DeliveryRows rows,
      Intake intake,
      InstantSource clock,
      MeterRegistry meters,
      ObjectProvider<Scheduler> scheduler) {
    this.applications = applications;
    this.history = history;
    this.heads = heads;
    this.rows = rows;
    this.intake = intake;
    this.clock = clock;
    this.faults =
        Counter.builder("aviary.missed.push.faults")
            .description("Branches whose head could not be compared with what is known")
            .register(meters);
    this.scheduler = scheduler;
  }

  /** Applications that follow the same branch of the same repository are asked about once. */
  private record Branch(String cloneUrl, String name) {
    static Branch of(ApplicationProperties application) {
      return new Branch(application.effectiveCloneUrl(), application.branch());
    }
  }

  /** A server that starts looks at once, whenever the last look was. */
  @EventListener
  void on(ApplicationReadyEvent ready) {
    scheduler.ifAvailable(
        it -> {
          try {
            it.reschedule(TaskInstanceId.of(TASK, RecurringTask.INSTANCE), clock.instant());
          } catch (RuntimeException e) {
            log.debug("a look for missed pushes is under way already: {}", e.getMessage());
          }
        });
  }

  /**
   * Looks at every branch; returns when that is done, or when the slow ones have had their time.
   */
  void look() {
    var branches =
        applications.all().stream().collect(Collectors.groupingBy(Branch::of)).entrySet();
    var done = new CountDownLatch(branches.size());
    for (var branch : branches) {
      if (underWay.add(branch.getKey())) {
        workers.execute(
            () -> {
              try {
                places.acquireUninterruptibly();
                try {
                  look(branch.getValue());
                } finally {
                  places.release();
                }
              } finally {
                underWay.remove(branch.getKey());
                done.countDown();
              }
            });
      } else {
        done.countDown();
      }
    }
    try {
      if (!done.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn(
            "{} of {} branches have not answered within {} s; the others were compared",
            done.getCount(),
            branches.size(),
            PATIENCE.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(List<ApplicationProperties> ofOneBranch) {
    var first = ofOneBranch.getFirst();
    try {
      var known = ofOneBranch.stream().map(heads::find).toList();
      var head = history.head(first);
      for (var i = 0; i < ofOneBranch.size(); i++) {
        compare(ofOneBranch.get(i), known.get(i).map(BranchHead::head).orElse(""), head);
      }
    } catch (RuntimeException e) {
      faults.increment();
      log.warn(
          "the head of {} in {} could not be compared with what is known, and is asked for again later: {}",
          first.branch(),
          first.repository(),
          e.getMessage());
    }
  }

  /**
   * @param before what was known before git was asked: if that has changed meanwhile, git's answer
   *     may be older than what is known now
   */
  private void compare(ApplicationProperties application, String before, String head) {
    if (head.equals(before)) {
      return;
    }
    intake.attempt(
        attempt -> {
          var known = heads.lock(application);
          if (known.isEmpty()) {
            heads.insert(application, head, null, head, clock.instant());
            log.info(
                "{}: {} is taken as the known head of {}",
                application.name(),
                head.substring(0, 7),
                application.branch());
          } else if (known.get().head().equals(before)) {
            moved(application, before, head);
          }
          return true;
        });
  }

  private void moved(ApplicationProperties application, String before, String head) {
    if (rows.hasVerdict(application, head) && !rows.wasLeft(application, head)) {
      // Pushes that were delivered out of order left the wrong one as the newest.
      heads.move(application, head, Verdict.DUPLICATE, clock.instant());
      return;
    }
    var delivery =
        new Delivery(
            "missed-" + UUID.randomUUID(),
            DeliveryView.MISSED_PUSH,
            null,
            application.repository(),
            null,
            Push.ofBranch(application.branch(), before, head),
            clock.instant(),
            0,
            null);
    var answer =
        intake.receive(delivery, StoredBody.NONE, List.of(new Recipient(application, null)));
    log.info(
        "{}: a push of {} was not delivered: {}, {}",
        application.name(),
        head.substring(0, 7),
        answer.verdict(),
        answer.reason());
  }

  @Override
  public void destroy() {
    workers.shutdownNow();
  }
}
