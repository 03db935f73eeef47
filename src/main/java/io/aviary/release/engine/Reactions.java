package io.aviary.release.engine;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Measures how quickly a run goes on after an event: from the moment at which the event was
 * received, in nanoseconds of {@link System#nanoTime}, to the first call of a step, and where that
 * step ends by it, to the first call of the next one.
 */
@Component
class Reactions {

  private final Timer timer;
  private final Timer handing;
  private final Timer moving;
  private final Timer looking;
  private final Counter lost;
  private final Map<Long, Long> received = new ConcurrentHashMap<>();
  private final Map<Long, Long> underWay = new ConcurrentHashMap<>();
  private final Map<Long, Long> reactedTo = new ConcurrentHashMap<>();
  private final Map<Long, Long> begun = new ConcurrentHashMap<>();
  private final Set<Long> moved = ConcurrentHashMap.newKeySet();

  Reactions(MeterRegistry meters) {
    this.timer =
        histogram(
            meters,
            "aviary.reaction",
            "From an event's arrival to the first call of a step of the run it wakes");
    this.handing =
        histogram(
            meters,
            "aviary.handover",
            "From the arrival of an event that ends a step to the first call of the next step");
    this.moving = advance(meters, "yes");
    this.looking = advance(meters, "no");
    this.lost =
        Counter.builder("aviary.leases.lost")
            .description("Runs that another server took over while this one worked on them")
            .register(meters);
  }

  private static Timer histogram(MeterRegistry meters, String name, String description) {
    return Timer.builder(name)
        .description(description)
        .publishPercentiles(0.5, 0.95, 0.99)
        .serviceLevelObjectives(
            Duration.ofMillis(10),
            Duration.ofMillis(25),
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofSeconds(1))
        .register(meters);
  }

  private static Timer advance(MeterRegistry meters, String moved) {
    return Timer.builder("aviary.advance")
        .description(
            "What a server itself takes for a look at a run: its transactions and its requests to"
                + " the cluster, the registry and git, but nothing that is waited for")
        .tag("moved", moved)
        .register(meters);
  }

  void received(long run, long since) {
    received.putIfAbsent(run, since);
  }

  /** A look at the run begins: what was received until now is what it reacts to. */
  void begins(long run) {
    begun.put(run, System.nanoTime());
    var since = received.remove(run);
    if (since != null) {
      underWay.put(run, since);
    }
  }

  void calls(long run) {
    var since = underWay.remove(run);
    if (since != null) {
      timer.record(System.nanoTime() - since, TimeUnit.NANOSECONDS);
      reactedTo.put(run, since);
    }
  }

  /** A step that begins is about to be called, because of what happened in this look. */
  void handsOver(long run) {
    var since = reactedTo.remove(run);
    if (since != null) {
      handing.record(System.nanoTime() - since, TimeUnit.NANOSECONDS);
    }
  }

  /** A step or the run begins or ends in this look. */
  void moves(long run) {
    moved.add(run);
  }

  /** The look is over; an event that no step was called for is no reaction. */
  void ends(long run) {
    underWay.remove(run);
    reactedTo.remove(run);
    var since = begun.remove(run);
    var timer = moved.remove(run) ? moving : looking;
    if (since != null) {
      timer.record(System.nanoTime() - since, TimeUnit.NANOSECONDS);
    }
  }

  void leaseLost() {
    lost.increment();
  }
}
