package io.aviary.faults;

import io.aviary.simulation.Passage;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Holds the first request to the cluster that fits until it is let through: who sent it is then in
 * the middle of a call.
 */
final class Barrier implements Passage {

  private final String method;
  private final String path;
  private final AtomicBoolean isTaken = new AtomicBoolean();
  private final CountDownLatch caught = new CountDownLatch(1);
  private final CountDownLatch open = new CountDownLatch(1);

  /**
   * @param path its end
   */
  Barrier(String method, String path) {
    this.method = method;
    this.path = path;
  }

  void awaitCaught() throws InterruptedException {
    if (!caught.await(1, TimeUnit.MINUTES)) {
      throw new AssertionError("no " + method + " " + path + " came");
    }
  }

  void open() {
    open.countDown();
  }

  @Override
  public boolean arrives(String service, String request) {
    if (service.equals("cluster")
        && request.startsWith(method + " ")
        && request.endsWith(path)
        && isTaken.compareAndSet(false, true)) {
      caught.countDown();
      try {
        return open.await(Duration.ofMinutes(1).toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean returns(String service, String request) {
    return true;
  }
}
