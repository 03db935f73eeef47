package io.aviary.release.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.event.EventListener;

/**
 * For tests elsewhere: in place of the dispatcher's threads, the one thread of a test that brings
 * runs to the engine, so that what happens happens in one order.
 */
public final class EngineDoor implements io.aviary.release.step.Wakeups {

  private final ObjectProvider<Engine> engine;
  private final ObjectProvider<RunStore> store;
  private final LinkedBlockingQueue<Long> woken = new LinkedBlockingQueue<>();

  EngineDoor(ObjectProvider<Engine> engine, ObjectProvider<RunStore> store) {
    this.engine = engine;
    this.store = store;
  }

  @Override
  public void wake(long run) {
    woken.add(run);
  }

  @EventListener
  void on(RunDue due) {
    wake(due.run());
  }

  /** Advances a run once. */
  public void advance(long run) {
    if (engine.getObject().advance(run) instanceof Engine.Next.Again) {
      wake(run);
    }
  }

  /** Runs that an event woke or whose time has come. */
  public List<Long> ready(Duration atMost) throws InterruptedException {
    var ready = new TreeSet<>(store.getObject().due(100));
    if (ready.isEmpty()) {
      var first = woken.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
      if (first != null) {
        ready.add(first);
      }
    }
    woken.drainTo(ready);
    return List.copyOf(ready);
  }

  /** When the next run is to be looked at, save for events. */
  public Optional<Instant> nextWake() {
    return store.getObject().nextWake();
  }
}
