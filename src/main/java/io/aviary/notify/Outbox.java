package io.aviary.notify;

import io.aviary.notify.NotifyProperties.Notification;
import io.aviary.release.RunChanged;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/**
 * Takes down what is to be told when a run changes, and tells it from threads of its own. A server
 * that dies between a change and its taking down makes up for it: what waits and what has ended
 * lately is looked at when a server starts, and each minute. A server that dies between telling
 * something and noting that it was told tells it again, with the same id: nothing is lost.
 */
final class Outbox implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final Duration POLL = Duration.ofSeconds(5);
  private static final Duration SWEEP = Duration.ofMinutes(1);

  /** How far back a sweep looks: longer than a server is away on an ordinary day. */
  private static final Duration LATELY = Duration.ofDays(2);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);
  private static final Duration PATIENCE = Duration.ofHours(24);
  private static final int AT_ONCE = 50;

  private final List<Notification> targets;
  private final Notifications notifications;
  private final Sender sender;
  private final Runs runs;
  private final URI server;
  private final InstantSource clock;
  private final Set<Long> changed = ConcurrentHashMap.newKeySet();
  private final Semaphore news = new Semaphore(0);
  private volatile @Nullable Thread worker;

  Outbox(
      List<Notification> targets,
      Notifications notifications,
      Sender sender,
      Runs runs,
      URI server,
      InstantSource clock) {
    this.targets = targets;
    this.notifications = notifications;
    this.sender = sender;
    this.runs = runs;
    this.server = server;
    this.clock = clock;
  }

  /** Called by whoever changed the run, and so only remembers it. */
  @EventListener
  void on(RunChanged change) {
    if (!targets.isEmpty()) {
      changed.add(change.run());
      news.release();
    }
  }

  // ---- taking down

  /** What fails here is found by the sweep. */
  void takeDown() {
    for (var run : List.copyOf(changed)) {
      // Before it is read: what happens meanwhile is another change.
      changed.remove(run);
      runs.find(run).ifPresent(this::takeDown);
    }
  }

  /** Finds what nobody heard of. */
  void sweep() {
    for (var run : notifications.candidates(clock.instant().minus(LATELY))) {
      runs.find(run).ifPresent(this::takeDown);
    }
  }

  private void takeDown(RunView run) {
    var now = clock.instant();
    for (var event : Event.of(run)) {
      for (var target : targets) {
        if (target.wants(run.application(), event.occasion())
            && !event.at().isBefore(notifications.since(target.name(), now))) {
          notifications.add(run.id(), target.name(), event.key(), now);
        }
      }
    }
  }

  // ---- telling

  /**
   * Tells what is due now, each target in order and none waiting for another.
   *
   * @return whether there may be more
   */
  boolean tellDue() throws InterruptedException {
    var due = notifications.due(clock.instant(), AT_ONCE);
    var byTarget = due.stream().collect(Collectors.groupingBy(Due::target));
    var threads =
        byTarget.values().stream()
            .map(
                some ->
                    Thread.ofVirtual()
                        .name("notification-", 0)
                        .start(() -> some.forEach(this::tell)))
            .toList();
    for (var thread : threads) {
      thread.join();
    }
    return due.size() == AT_ONCE;
  }

  private void tell(Due due) {
    try {
      if (!notifications.take(due, clock.instant())) {
        return;
      }
      var target = targets.stream().filter(it -> it.name().equals(due.target())).findFirst();
      var message = message(due);
      if (target.isPresent() && message.isPresent()) {
        sender.send(target.get(), message.get());
      }
      notifications.done(due);
    } catch (Sender.NotToldException e) {
      failed(due, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("{} of run {} could not be told {}", due.occasion(), due.run(), due.target(), e);
      failed(due, String.valueOf(e.getMessage()));
    }
  }

  /** Empty: it is no news any more, because the gate has been decided meanwhile. */
  private Optional<Message> message(Due due) {
    return runs.find(due.run())
        .flatMap(
            run ->
                Event.of(run).stream()
                    .filter(event -> event.key().equals(due.occasion()))
                    .findFirst()
                    .map(event -> Message.of(due, event, run, server)));
  }

  private void failed(Due due, String problem) {
    var now = clock.instant();
    var pause = pause(due.attempts());
    var givenUp = now.plus(pause).isAfter(due.since().plus(PATIENCE));
    notifications.failed(due, problem, now.plus(pause), givenUp);
    if (givenUp || due.attempts() == 0) {
      log.warn(
          "notification {} was not told of run {} ({}): {}; {}",
          due.target(),
          due.run(),
          due.occasion(),
          problem,
          givenUp ? "given up after " + PATIENCE.toHours() + " h" : "it is tried again");
    }
  }

  private static Duration pause(int attempts) {
    var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts, 10));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  // ---- the thread

  private void work() {
    var lastSweep = Instant.MIN;
    while (isRunning()) {
      try {
        if (lastSweep.isBefore(clock.instant().minus(SWEEP))) {
          lastSweep = clock.instant();
          sweep();
        }
        takeDown();
        if (tellDue()) {
          continue;
        }
        if (news.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
          news.drainPermits();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        log.warn("notifications: {}", e.getMessage());
        log.debug("notifications", e);
        java.util.concurrent.locks.LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  @Override
  public void start() {
    if (targets.isEmpty()) {
      return;
    }
    targets.forEach(target -> notifications.since(target.name(), clock.instant()));
    var thread = Thread.ofVirtual().name("notifications").unstarted(this::work);
    worker = thread;
    thread.start();
  }

  @Override
  public void stop() {
    var thread = worker;
    worker = null;
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return worker != null;
  }
}
