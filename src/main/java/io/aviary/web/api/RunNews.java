package io.aviary.web.api;

import io.aviary.release.RunChanged;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Wakes those who tell the outside what happens to runs. Another server's changes are not heard
 * here, so nobody may wait without looking now and then.
 */
@Component
public class RunNews implements SmartLifecycle {

  /** How long a change that another server made may go unseen. */
  public static final Duration POLL = Duration.ofSeconds(1);

  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
  private volatile boolean running;

  RunNews() {}

  /** From now on nothing is missed. */
  public Subscription of(long run) {
    return add(new Subscription(run));
  }

  /** Of all runs. */
  public Subscription ofAll() {
    return add(new Subscription(null));
  }

  private Subscription add(Subscription subscription) {
    subscriptions.add(subscription);
    return subscription;
  }

  @EventListener
  void on(RunChanged change) {
    for (var subscription : subscriptions) {
      if (subscription.run == null || subscription.run == change.run()) {
        subscription.woken.release();
      }
    }
  }

  @Override
  public void start() {
    running = true;
  }

  /** Before the web server waits for its requests to end: those who wait here end theirs. */
  @Override
  public void stop() {
    running = false;
    subscriptions.forEach(subscription -> subscription.woken.release());
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Somebody who waits for news. For one thread. */
  public final class Subscription implements AutoCloseable {
    private final @Nullable Long run;
    private final Semaphore woken = new Semaphore(0);

    private Subscription(@Nullable Long run) {
      this.run = run;
    }

    /**
     * Waits until something has happened since the last call, or the time is over.
     *
     * @return false: the server stops, and so must the caller
     */
    public boolean await(Duration atMost) throws InterruptedException {
      if (running && woken.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
        woken.drainPermits();
      }
      return running;
    }

    @Override
    public void close() {
      subscriptions.remove(this);
    }
  }
}
