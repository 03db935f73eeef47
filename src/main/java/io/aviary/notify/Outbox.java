package io.aviary.notify;

import io.aviary.notify.NotifyProperties.Notification;
import io.aviary.release.LivePart;
import io.aviary.release.NamedChanges;
import io.aviary.release.RunFollower;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Binder;

/**
 * Takes down what is to be told when a run changes, and tells it. A server that dies between
 * telling something and noting that it was told tells it again, with the same id: nothing is lost.
 */
final class Outbox extends RunFollower implements LivePart {

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final Duration POLL = Duration.ofSeconds(5);

  /** How far back a sweep looks: longer than a server is away on an ordinary day. */
  private static final Duration LATELY = Duration.ofDays(2);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);
  private static final Duration PATIENCE = Duration.ofHours(24);
  private static final int AT_ONCE = 50;

  private final Targets targets;
  private final Notifications notifications;
  private final Sender sender;
  private final Runs runs;
  private final URI server;
  private final InstantSource clock;

  Outbox(
      Targets targets,
      Notifications notifications,
      Sender sender,
      Runs runs,
      URI server,
      InstantSource clock) {
    super("notifications", POLL, runs, clock);
    this.targets = targets;
    this.notifications = notifications;
    this.sender = sender;
    this.runs = runs;
    this.server = server;
    this.clock = clock;
  }

  @Override
  protected boolean isIdle() {
    return targets.current().isEmpty();
  }

  // ---- taking down

  /** What waits, and what has ended lately. */
  @Override
  protected void sweep() {
    for (var run : notifications.candidates(clock.instant().minus(LATELY))) {
      runs.find(run).ifPresent(this::takeDown);
    }
  }

  @Override
  protected void takeDown(RunView run) {
    var now = clock.instant();
    for (var event : Event.of(run)) {
      for (var target : targets.current()) {
        if (target.wants(run.application(), event.occasion())
            && !event.at().isBefore(notifications.since(target.name(), now))) {
          notifications.add(run.id(), target.name(), event.key(), now);
        }
      }
    }
  }

  // ---- telling

  /** Each target in order, and none waiting for another. */
  @Override
  protected boolean tell() throws InterruptedException {
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
      var target =
          targets.current().stream().filter(it -> it.name().equals(due.target())).findFirst();
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

  // ---- who is told

  @Override
  public String prefix() {
    return "aviary.notifications";
  }

  /** What is due to a place that is gone is told nobody; a new one hears of what happens now. */
  @Override
  public List<String> takeOver(Binder configuration) {
    var next =
        configuration
            .bind("aviary", NotifyProperties.class)
            .map(NotifyProperties::notifications)
            .orElse(List.of());
    var words = NamedChanges.between("notification", targets.current(), next, Notification::name);
    remember(next);
    targets.replace(next);
    return words;
  }

  private void remember(List<Notification> some) {
    some.forEach(target -> notifications.since(target.name(), clock.instant()));
  }

  @Override
  public void start() {
    remember(targets.current());
    super.start();
  }
}
