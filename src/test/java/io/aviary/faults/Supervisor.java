package io.aviary.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps one server running in a laboratory: when it has died the next one is started, once the dead
 * one's leases have run out. For one thread.
 */
final class Supervisor implements AutoCloseable {

  /** So long nothing may seem to happen before time is moved on. */
  private static final Duration PATIENCE = Duration.ofMillis(50);

  private final Laboratory laboratory;
  private final int[] deaths;
  private final List<String> passed = new ArrayList<>();
  private final List<String> died = new ArrayList<>();
  private @org.jspecify.annotations.Nullable Server server;
  private int born;
  private long busyAt = System.nanoTime();

  /**
   * @param deaths at which boundary the first server dies, at which of its own the next one, …; the
   *     one after these lives on
   */
  Supervisor(Laboratory laboratory, int... deaths) {
    this.laboratory = laboratory;
    this.deaths = deaths.clone();
  }

  /** Boundaries that were passed up to now, of all servers. */
  List<String> passed() {
    var all = new ArrayList<>(passed);
    all.addAll(laboratory.fate.passed());
    return all;
  }

  /** Where servers died. */
  List<String> died() {
    return List.copyOf(died);
  }

  /**
   * Does something on the server.
   *
   * @return false: it died over that, and whoever wanted it does not know what became of it
   */
  boolean attempt(Consumer<Server> act) {
    try {
      act.accept(running());
      laboratory.fate.check();
      return true;
    } catch (Fate.Death death) {
      bury();
      return false;
    } catch (RuntimeException e) {
      // A dead server may say so in words of its own.
      if (!laboratory.fate.isDead()) {
        throw e;
      }
      bury();
      return false;
    }
  }

  /** Lets it do what is to be done, or time pass until there is something. */
  void goOn() {
    var _ =
        attempt(
            running -> {
              if (works(running)) {
                busyAt = System.nanoTime();
              } else if (laboratory.cluster.isQuiet(Duration.ofMillis(40))
                  || System.nanoTime() - busyAt > PATIENCE.toNanos()) {
                running.nextWake().ifPresent(laboratory.clock::jumpTo);
                busyAt = System.nanoTime();
              }
            });
  }

  private static boolean works(Server server) {
    try {
      return server.work(Duration.ofMillis(3));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Server running() {
    if (server == null) {
      laboratory.fate.born(born < deaths.length ? deaths[born] : 0);
      born++;
      server = laboratory.startServer();
    }
    return server;
  }

  private void bury() {
    died.add(laboratory.fate.where());
    stop();
    laboratory.clock.jump(Duration.ofSeconds(11));
  }

  private void stop() {
    passed.addAll(laboratory.fate.passed());
    laboratory.fate.die("stopped");
    if (server != null) {
      server.close();
      server = null;
    }
    laboratory.fate.rest();
  }

  @Override
  public void close() {
    stop();
  }
}
