package io.aviary.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Delayed;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread on which all controllers of a simulated cluster work, one piece after the other,
 * so that none of them needs locks. It waits for work, and never looks for it.
 */
final class WorkQueue implements AutoCloseable {

  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofVirtual().name("simulated controllers").factory());
  private final Set<Object> queued = ConcurrentHashMap.newKeySet();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  WorkQueue() {
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setRemoveOnCancelPolicy(true);
  }

  /** Does it soon, once, however often it is asked for until then. */
  void soon(Object id, Runnable work) {
    if (queued.add(id)) {
      after(
          Duration.ZERO,
          () -> {
            queued.remove(id);
            work.run();
          });
    }
  }

  void after(Duration delay, Runnable work) {
    try {
      var _ = executor.schedule(() -> run(work), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // Closed: nothing happens any more.
    }
  }

  /** Whether nothing is under way, and nothing is due within that time. */
  boolean isQuiet(Duration time) {
    return executor.getActiveCount() == 0
        && executor.getQueue().stream()
            .noneMatch(
                task ->
                    task instanceof Delayed delayed
                        && delayed.getDelay(TimeUnit.NANOSECONDS) < time.toNanos());
  }

  /** What went wrong inside the simulation itself; empty if it is sound. */
  List<Throwable> failures() {
    return List.copyOf(failures);
  }

  private void run(Runnable work) {
    try {
      work.run();
    } catch (ApiException e) {
      // A namespace went with all that was in it, while somebody was at work there.
      if (e.code() != 404) {
        failures.add(e);
      }
    } catch (RuntimeException | Error e) {
      failures.add(e);
      System.getLogger(WorkQueue.class.getName())
          .log(System.Logger.Level.ERROR, "the simulated cluster has a fault of its own", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
