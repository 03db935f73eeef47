package io.aviary.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections by which a cluster is watched. By HTTP/2 many watches share one, as many as the
 * server allows (100 with most); the JDK's client opens no second one when they are used up, so
 * there is a client for each.
 */
final class WatchConnections implements AutoCloseable {

  static final int WATCHES = 90;

  /** A place in a connection. */
  final class Place {
    private final Shared shared;
    private final boolean isFirst;
    private boolean isFree;

    private Place(Shared shared, boolean isFirst) {
      this.shared = shared;
      this.isFirst = isFirst;
    }

    KubernetesClient client() {
      return shared.client;
    }

    /**
     * Runs the action once the connection is there, if it can be had: before that, each request
     * would open one of its own. The first one in opens it, and runs at once.
     */
    void whenConnected(Runnable action) {
      if (isFirst) {
        action.run();
      } else {
        var _ = shared.connected.thenRun(action);
      }
    }

    /** An answer came by it, or will not. */
    void answered() {
      shared.connected.complete(null);
    }

    /** May be called again. */
    void leave() {
      left(this);
    }

    /** No answer came by it: others get another connection from now on. */
    void giveUp() {
      isDead(shared);
    }
  }

  private static final class Shared {
    private final KubernetesClient client;
    private final CompletableFuture<@Nullable Void> connected = new CompletableFuture<>();
    private boolean isEntered;
    private int watches;
    private boolean isDead;

    private Shared(KubernetesClient client) {
      this.client = client;
    }
  }

  private final Supplier<KubernetesClient> clients;
  private final List<Shared> open = new ArrayList<>();

  /**
   * @param clients makes a new one
   */
  WatchConnections(Supplier<KubernetesClient> clients) {
    this.clients = clients;
  }

  synchronized Place enter() {
    var shared =
        open.stream()
            .filter(one -> !one.isDead && one.watches < WATCHES)
            .findFirst()
            .orElseGet(this::another);
    shared.watches++;
    boolean isFirst = !shared.isEntered;
    shared.isEntered = true;
    return new Place(shared, isFirst);
  }

  private Shared another() {
    var shared = new Shared(clients.get());
    open.add(shared);
    return shared;
  }

  private synchronized void isDead(Shared shared) {
    shared.isDead = true;
  }

  private synchronized void left(Place place) {
    if (place.isFree) {
      return;
    }
    place.isFree = true;
    place.answered();
    place.shared.watches--;
    // The last one stays for the next watch, unless it is dead.
    if (place.shared.watches == 0 && (place.shared.isDead || open.size() > 1)) {
      open.remove(place.shared);
      place.shared.client.close();
    }
  }

  synchronized int size() {
    return open.size();
  }

  @Override
  public synchronized void close() {
    open.forEach(shared -> shared.client.close());
    open.clear();
  }
}
