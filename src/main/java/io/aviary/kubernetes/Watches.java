package io.aviary.kubernetes;

import io.aviary.release.step.Wakeups;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The watches of a cluster: one set for each namespace in which somebody is interested. */
final class Watches implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Watches.class);

  /** How long a namespace is still watched after the last interest in it has expired, at least. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  private static final List<String> COLLECTIONS =
      List.of(
          "/api/v1/namespaces/%s/pods",
          "/apis/batch/v1/namespaces/%s/jobs",
          "/apis/apps/v1/namespaces/%s/deployments",
          "/apis/apps/v1/namespaces/%s/replicasets",
          "/apis/discovery.k8s.io/v1/namespaces/%s/endpointslices");

  private record Watched(WakeLimiter interests, List<WatchStream> streams) {}

  private final Map<String, Watched> namespaces = new HashMap<>();
  private final WatchConnections connections;
  private final Supplier<Wakeups> wakeups;
  private final InstantSource clock;
  private final ScheduledExecutorService timers;
  private final Executor workers = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param clients makes a new one
   */
  Watches(Supplier<KubernetesClient> clients, Supplier<Wakeups> wakeups, InstantSource clock) {
    this.connections = new WatchConnections(clients);
    this.wakeups = wakeups;
    this.clock = clock;
    this.timers =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("cluster-watches").factory());
  }

  void watch(String namespace, long run) {
    synchronized (namespaces) {
      namespaces.computeIfAbsent(namespace, this::opened).interests().add(run);
    }
  }

  /** Opens the streams later, so that the caller waits for no connection. */
  private Watched opened(String namespace) {
    var limiter =
        new WakeLimiter(
            clock, this::after, (run, since) -> workers.execute(() -> wake(run, since)));
    var streams =
        COLLECTIONS.stream()
            .map(path -> path.formatted(namespace))
            .map(path -> new WatchStream(connections, path, this::after, limiter::event))
            .toList();
    streams.forEach(stream -> workers.execute(stream::open));
    after(WakeLimiter.INTEREST.plus(GRACE), () -> closeUnlessWanted(namespace));
    return new Watched(limiter, streams);
  }

  private void closeUnlessWanted(String namespace) {
    Watched unwanted;
    synchronized (namespaces) {
      var watched = namespaces.get(namespace);
      if (watched != null && watched.interests().isWanted()) {
        after(GRACE, () -> closeUnlessWanted(namespace));
        return;
      }
      unwanted = namespaces.remove(namespace);
    }
    if (unwanted != null) {
      unwanted.streams().forEach(WatchStream::close);
    }
  }

  private void wake(long run, long since) {
    try {
      wakeups.get().wake(run, since);
    } catch (RuntimeException e) {
      // The safety poll calls the run, too.
      LOG.warn("Could not wake run {} after an event of the cluster", run, e);
    }
  }

  private void after(Duration delay, Runnable action) {
    if (!timers.isShutdown()) {
      var _ = timers.schedule(() -> workers.execute(action), delay.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void close() {
    timers.shutdownNow();
    synchronized (namespaces) {
      namespaces.values().forEach(watched -> watched.streams().forEach(WatchStream::close));
      namespaces.clear();
    }
    connections.close();
  }
}
