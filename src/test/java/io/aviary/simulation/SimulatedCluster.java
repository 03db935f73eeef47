package io.aviary.simulation;

import io.aviary.simulation.ApiServer.Answer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Kubernetes cluster in this process: a real API over HTTP, and simulated scheduler, kubelet and
 * controllers behind it, for Deployments, ReplicaSets, Jobs, pods, Services and their
 * EndpointSlices. Other kinds are stored only. There is no authentication. What containers do is
 * said by {@link #behaviours()}.
 *
 * <p>Not simulated: logs that are followed, exec, StatefulSets, DaemonSets, HPAs that scale,
 * admission plug-ins, quotas, RBAC.
 */
public final class SimulatedCluster implements AutoCloseable {

  private static final String VERSION = "1.34.4";
  private static final String CONTEXT = "simulated";

  private final SimulatedRegistry registry;
  private final WorkQueue work = new WorkQueue();
  private final ObjectStore store;
  private final Behaviours behaviours;
  private final Kubelet kubelet;
  private final ApiServer api;
  private final List<Consumer<ApiRequest>> listeners = new CopyOnWriteArrayList<>();
  private volatile java.util.function.Function<ApiRequest, Optional<Failure>> faults =
      request -> Optional.empty();
  private volatile Passage passage = Passage.OPEN;
  private volatile @Nullable ApiEndpoint endpoint;
  private final int port;

  /** An error that the API server answers with. */
  public record Failure(int code, String reason, String message) {}

  private SimulatedCluster(Pace pace, InstantSource clock, int port) {
    this.registry = SimulatedRegistry.start();
    this.store = new ObjectStore(clock);
    for (var name : List.of("default", "kube-system")) {
      createNamespace(name);
    }
    var images = new Images(registry);
    this.behaviours =
        new Behaviours(List.of(images::missing, new Builds(registry)::interpret, images::program));
    this.kubelet = new Kubelet(store, work, pace, behaviours, images::id);
    var controllers = new Controllers(store, work, pace, kubelet);
    var _ =
        store.listen(
            null,
            change -> {
              kubelet.note(change);
              controllers.note(change);
            });
    this.api = new ApiServer(store, new Admission(), kubelet::log, VERSION);
    this.port = open(port);
  }

  /** Starts a brisk one on a free port. */
  public static SimulatedCluster start() {
    return start(Pace.BRISK);
  }

  public static SimulatedCluster start(Pace pace) {
    return new SimulatedCluster(pace, InstantSource.system(), 0);
  }

  /** Starts one on a port of its own, for a client in another process. */
  public static SimulatedCluster start(Pace pace, int port) {
    return new SimulatedCluster(pace, InstantSource.system(), port);
  }

  private int open(int wanted) {
    var opened = new ApiEndpoint(api, store, wanted, this::intercept, () -> passage);
    endpoint = opened;
    return opened.port();
  }

  // ---- for clients

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Writes a kubeconfig with one context, {@link #context()}. */
  public Path kubeconfig(Path file) {
    var text =
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: %1$s
          cluster: {server: "%2$s"}
        contexts:
        - name: %1$s
          context: {cluster: %1$s, user: %1$s, namespace: default}
        current-context: %1$s
        users:
        - name: %1$s
          user: {token: nothing-is-checked}
        """
            .formatted(CONTEXT, url());
    try {
      return Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String context() {
    return CONTEXT;
  }

  /** A client of its own for a test's assertions; the caller closes it. */
  public KubernetesClient client() {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(url())
            .withNamespace("default")
            .withRequestRetryBackoffLimit(0)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  /** Makes a namespace; no error if it is there. */
  public void createNamespace(String name) {
    var key = new ObjectKey(Kind.NAMESPACE, "", name);
    if (store.find(key).isEmpty()) {
      var namespace = Json.object().put("apiVersion", "v1").put("kind", "Namespace");
      Json.make(namespace, "status").put("phase", "Active");
      store.create(key, namespace);
    }
  }

  /**
   * Makes another namespace with the same Services and Deployments, and leaves to the controllers
   * what they make of them.
   *
   * @param to takes the place of {@code from} wherever that stands in the objects
   * @param labels of the objects, in place of theirs of the same names
   * @return uid of each original to that of its copy
   */
  public Map<String, String> copyNamespace(String from, String to, Map<String, String> labels) {
    createNamespace(to);
    var uids = new HashMap<String, String>();
    for (var kind : List.of(Kind.SERVICE, Kind.DEPLOYMENT)) {
      for (var original : store.list(kind, from)) {
        var copy = (ObjectNode) Json.parse(original.toString().replace(from, to));
        copy.remove("status");
        var own = Json.make(copy, "metadata", "labels");
        labels.forEach((name, value) -> own.put(name, value));
        var made = store.create(Owned.key(kind, copy), copy);
        uids.put(ObjectStore.uid(original), ObjectStore.uid(made));
      }
    }
    return uids;
  }

  public Behaviours behaviours() {
    return behaviours;
  }

  public SimulatedRegistry registry() {
    return registry;
  }

  // ---- trouble

  /** The API server is not reachable any more; what runs goes on. */
  public synchronized void away() {
    var open = endpoint;
    if (open != null) {
      open.close();
      endpoint = null;
    }
  }

  /** It is reachable again, at the same address. */
  public synchronized void back() {
    if (endpoint == null) {
      open(port);
    }
  }

  /** Ends all watches; clients connect again. */
  public void cutWatches() {
    var open = endpoint;
    if (open != null) {
      open.cutWatches();
    }
  }

  /** Requests for which this has an answer fail with it, from now on. */
  public void fail(java.util.function.Function<ApiRequest, Optional<Failure>> when) {
    faults = when;
  }

  /**
   * Tells of each request before it is answered; the listener may throw nothing, and must be quick.
   */
  public void onRequest(Consumer<ApiRequest> listener) {
    listeners.add(listener);
  }

  /** What the server's requests to the API and to the registry pass from now on, save watches. */
  public void through(Passage next) {
    passage = next;
    registry.through(next);
  }

  /** Tells of each object that is created, as kind/namespace/name, while the store is locked. */
  public void onCreation(Consumer<String> listener) {
    var _ =
        store.listen(
            null,
            change -> {
              if (change.type() == ObjectStore.What.ADDED) {
                var key = change.key();
                listener.accept(key.kind().name() + "/" + key.namespace() + "/" + key.name());
              }
            });
  }

  /** Whether nothing happens by itself within that time, as far as can be known. */
  public boolean isQuiet(java.time.Duration time) {
    return work.isQuiet(time) && kubelet.isQuiet();
  }

  /** Faults of the simulation itself, which a test should find empty at its end. */
  public List<Throwable> failures() {
    return work.failures();
  }

  private Optional<Answer> intercept(ApiRequest request) {
    listeners.forEach(listener -> listener.accept(request));
    return faults
        .apply(request)
        .map(failure -> new ApiException(failure.code(), failure.reason(), failure.message()))
        .map(failure -> Answer.json(failure.code(), failure.status()));
  }

  @Override
  public void close() {
    away();
    kubelet.close();
    work.close();
    registry.close();
  }
}
