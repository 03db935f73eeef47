package io.aviary.release;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/**
 * Tells somebody else of runs, from a thread of its own: whoever changes a run is never held up.
 * What is to be told is taken down in the database first, and then told. A server that dies between
 * a change and its taking down makes up for it by a sweep when it starts, and each minute.
 */
public abstract class RunFollower implements SmartLifecycle {

  private static final Duration SWEEP = Duration.ofMinutes(1);

  private final Logger log = LoggerFactory.getLogger(getClass());
  private final String name;
  private final Duration poll;
  private final Runs runs;
  private final InstantSource clock;
  private final Set<Long> changed = ConcurrentHashMap.newKeySet();
  private final Semaphore news = new Semaphore(0);
  private volatile @Nullable Thread worker;

  /**
   * @param name of the thread, and of what it does in the log
   * @param poll so often what is due again is looked for, if nothing happens before
   */
  protected RunFollower(String name, Duration poll, Runs runs, InstantSource clock) {
    this.name = name;
    this.poll = poll;
    this.runs = runs;
    this.clock = clock;
  }

  /** Nobody is to be told anything at the moment, so that nothing is followed. */
  protected boolean isIdle() {
    return false;
  }

  /** Writes down what is to be told of a run as it is now; what is known already makes no news. */
  protected abstract void takeDown(RunView run);

  /** Takes down what nobody heard of. */
  protected abstract void sweep();

  /**
   * Tells what is due.
   *
   * @return whether there may be more
   */
  protected abstract boolean tell() throws InterruptedException;

  /** Called by whoever changed the run, and so only remembers it. */
  @EventListener
  public void on(RunChanged change) {
    if (!isIdle()) {
      changed.add(change.run());
      news.release();
    }
  }

  /** Of all runs that have changed. What fails here is found by the sweep. */
  public void takeDown() {
    for (var run : List.copyOf(changed)) {
      // Before it is read: what happens meanwhile is another change.
      changed.remove(run);
      runs.find(run).ifPresent(this::takeDown);
    }
  }

  private void work() {
    var lastSweep = Instant.MIN;
    while (isRunning()) {
      try {
        if (!isIdle()) {
          if (lastSweep.isBefore(clock.instant().minus(SWEEP))) {
            lastSweep = clock.instant();
            sweep();
          }
          takeDown();
          if (tell()) {
            continue;
          }
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        log.warn("{}: {}", name, e.getMessage());
        log.debug("{}", name, e);
      }
      try {
        if (news.tryAcquire(poll.toMillis(), TimeUnit.MILLISECONDS)) {
          news.drainPermits();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Override
  public void start() {
    var thread = Thread.ofVirtual().name(name).unstarted(this::work);
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
