package io.aviary.release.engine;

import io.aviary.release.Clockwork;
import io.aviary.release.step.Wakeups;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Brings runs to the engine when their time has come or something happened to them, each by one
 * thread at a time.
 *
 * <p>What is kept here is only speed: who is awake is in the database, and a poll finds there what
 * this server did not know of or had forgotten.
 */
@Component
class Dispatcher implements Wakeups, Clockwork, SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration RENEWAL = Duration.ofSeconds(3);
  private static final int AT_ONCE = 256;

  /** Where a run is inside this server. */
  private enum State {
    BUSY,
    /** Something happened while it was busy. */
    BUSY_AND_CALLED
  }

  private final Engine engine;
  private final RunStore store;
  private final InstantSource clock;
  private final Reactions reactions;
  private final Map<Long, State> states = new ConcurrentHashMap<>();
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(
          1, Thread.ofPlatform().daemon().name("aviary-timer").factory());
  private volatile boolean running;
  private volatile Instant lastPoll;

  Dispatcher(Engine engine, RunStore store, InstantSource clock, Reactions reactions) {
    this.engine = engine;
    this.store = store;
    this.clock = clock;
    this.reactions = reactions;
    this.lastPoll = clock.instant();
  }

  @Override
  public void wake(long run) {
    if (!running) {
      return;
    }
    var after =
        states.compute(run, (id, state) -> state == null ? State.BUSY : State.BUSY_AND_CALLED);
    if (after == State.BUSY) {
      workers.execute(() -> work(run));
    }
  }

  @Override
  public void wake(long run, long since) {
    if (running) {
      reactions.received(run, since);
      wake(run);
    }
  }

  @Override
  public Instant lastPoll() {
    return lastPoll;
  }

  @EventListener
  void on(RunDue due) {
    wake(due.run());
  }

  private void work(long run) {
    try {
      places.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      states.remove(run);
      return;
    }
    try {
      var again = true;
      while (again && running) {
        again = advance(run) || !states.remove(run, State.BUSY);
        if (again) {
          states.put(run, State.BUSY);
        }
      }
    } finally {
      if (!running) {
        states.remove(run);
      }
      places.release();
    }
  }

  /** Whether something has happened since it was asked; the caller is about to look. */
  private boolean isCalled(long run) {
    return states.replace(run, State.BUSY_AND_CALLED, State.BUSY);
  }

  /** True: at once again. */
  private boolean advance(long run) {
    try {
      return switch (engine.advance(run, () -> isCalled(run))) {
        case Engine.Next.Again() -> true;
        case Engine.Next.Nothing() -> false;
        case Engine.Next.At(var time) -> {
          var delay = Duration.between(clock.instant(), time);
          if (running && delay.compareTo(Duration.ofMinutes(1)) < 0) {
            var _ =
                timer.schedule(
                    () -> wake(run), Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS);
          }
          yield false;
        }
      };
    } catch (RuntimeException e) {
      // The lease runs out and the poll finds the run again.
      log.error("run {} could not be advanced: {}", run, e.getMessage(), e);
      return false;
    }
  }

  private void poll() {
    try {
      store.due(AT_ONCE).forEach(this::wake);
    } catch (RuntimeException e) {
      log.warn("the database could not be asked for due runs: {}", e.getMessage());
    } finally {
      lastPoll = clock.instant();
    }
  }

  private void renew() {
    try {
      engine.renewClaims();
    } catch (RuntimeException e) {
      log.warn("leases could not be renewed: {}", e.getMessage());
    }
  }

  @Override
  public void start() {
    running = true;
    var _ =
        timer.scheduleWithFixedDelay(
            () -> workers.execute(this::poll), 0, POLL.toMillis(), TimeUnit.MILLISECONDS);
    var _ =
        timer.scheduleWithFixedDelay(
            () -> workers.execute(this::renew),
            RENEWAL.toMillis(),
            RENEWAL.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Takes no new work, lets the calls under way end, and gives their runs to whoever is there. */
  @Override
  public void stop() {
    running = false;
    engine.drain();
    timer.shutdownNow();
    workers.shutdown();
    try {
      if (!workers.awaitTermination(20, TimeUnit.SECONDS)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
