package io.aviary.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;

/**
 * One thread that stores deliveries in the order in which they came, as many in one transaction as
 * have come while the one before was being stored. Nobody waits for company: a delivery that comes
 * by itself is stored by itself.
 */
final class IntakeLane {

  private static final Logger log = LoggerFactory.getLogger(IntakeLane.class);

  /** The first of a transaction waits for the last. */
  static final int MOST_TOGETHER = 64;

  /** What waits behind so many would wait for longer than its sender does. */
  static final int MOST_WAITING = 1_000;

  /** Stores deliveries together. */
  interface Store {
    /**
     * @return an answer to each; empty: it is to be stored by itself
     */
    List<Optional<Answer>> receiveTogether(List<Arrival> arrivals);
  }

  /**
   * A delivery that waits for its answer.
   *
   * @param arrival null: none, the lane is to end
   */
  private record Waiting(@Nullable Arrival arrival, CompletableFuture<Optional<Answer>> answer) {
    Waiting(@Nullable Arrival arrival) {
      this(arrival, new CompletableFuture<>());
    }
  }

  private final Store store;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Thread thread;
  private volatile boolean open = true;

  IntakeLane(String name, Store store) {
    this.store = store;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::work);
    thread.start();
  }

  /**
   * Stores the delivery; returns once that is committed.
   *
   * @return empty: nothing of it is stored, and it needs a transaction of its own
   * @throws FullIntakeException if too many wait already
   * @throws RuntimeException as the database has it
   */
  Optional<Answer> receive(Arrival arrival) {
    var waiting = new Waiting(arrival);
    if (!queue.offer(waiting)) {
      throw new FullIntakeException(MOST_WAITING);
    }
    if (!open && queue.remove(waiting)) {
      return Optional.empty();
    }
    try {
      return waiting.answer().join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /** How many wait, without those that are being stored. */
  int waiting() {
    return queue.size();
  }

  /** Stores what waits, and ends. What comes later needs a transaction of its own. */
  void close() throws InterruptedException {
    open = false;
    // Not by an interruption: that would close the embedded database's file under a transaction.
    queue.put(new Waiting(null));
    thread.join();
  }

  private void work() {
    var goesOn = true;
    while (goesOn) {
      try {
        var group = new ArrayList<Waiting>();
        group.add(queue.take());
        queue.drainTo(group, MOST_TOGETHER - 1);
        goesOn = !group.removeIf(it -> it.arrival() == null);
        store(group);
      } catch (InterruptedException e) {
        log.debug("nobody interrupts this thread; it goes on", e);
      }
    }
  }

  private void store(List<Waiting> group) {
    var arrivals =
        group.stream().flatMap(it -> Optional.ofNullable(it.arrival()).stream()).toList();
    if (arrivals.isEmpty()) {
      return;
    }
    try {
      var answers = store.receiveTogether(arrivals);
      log.debug("{} deliveries stored together", arrivals.size());
      for (var i = 0; i < group.size(); i++) {
        group.get(i).answer().complete(answers.get(i));
      }
    } catch (CannotCreateTransactionException e) {
      // Those behind would wait for the database as long again.
      queue.removeIf(it -> it.arrival() != null && group.add(it));
      group.forEach(it -> it.answer().completeExceptionally(e));
    } catch (TransactionException | DataAccessResourceFailureException | Error e) {
      group.forEach(it -> it.answer().completeExceptionally(e));
    } catch (RuntimeException e) {
      // One of them is the reason: each by itself, it is that one's alone.
      log.debug("{} deliveries could not be stored together: {}", group.size(), e.getMessage());
      group.forEach(it -> it.answer().complete(Optional.empty()));
    }
  }
}
