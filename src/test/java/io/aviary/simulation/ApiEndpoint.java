package io.aviary.simulation;

import io.aviary.simulation.ApiServer.Answer;
import io.aviary.simulation.ApiServer.Target;
import io.aviary.simulation.ObjectStore.Change;
import io.aviary.simulation.ObjectStore.What;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The HTTP side: kubernetes-server-mock's server with a dispatcher of ours in front.
 *
 * <p>Its CRUD mode stays unused: it knows no server-side apply, no preconditions, no removal by a
 * merge patch, no subresources, and searches all objects for each request.
 */
final class ApiEndpoint implements AutoCloseable {

  /** Writes a line for each request; held here, as loggers are forgotten with their level. */
  private static final Logger CHATTER = Logger.getLogger(MockWebServer.class.getName());

  /** To one who is not there to hear it. */
  private static final Answer CUT = new Answer(503, "the connection is cut", true);

  private static final Duration LONGEST = Duration.ofMinutes(30);

  static {
    CHATTER.setLevel(Level.WARNING);
  }

  private final ApiServer api;
  private final ObjectStore store;
  private final Function<ApiRequest, Optional<Answer>> interceptor;
  private final Supplier<Passage> passage;
  private final KubernetesMockServer server;
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

  /**
   * Starts to listen.
   *
   * @param port 0: any
   * @param interceptor what it answers is the answer
   */
  ApiEndpoint(
      ApiServer api,
      ObjectStore store,
      int port,
      Function<ApiRequest, Optional<Answer>> interceptor,
      Supplier<Passage> passage) {
    this.api = api;
    this.passage = passage;
    this.store = store;
    this.interceptor = interceptor;
    this.server =
        new KubernetesMockServer(
            new Context(), new StreamingServer(this::stream), new HashMap<>(), new Verbs(), false);
    server.init(InetAddress.getLoopbackAddress(), port);
  }

  int port() {
    return server.getPort();
  }

  /** Ends all watches, as an API server does now and then. */
  void cutWatches() {
    watches.forEach(Watch::end);
  }

  @Override
  public void close() {
    cutWatches();
    server.destroy();
  }

  private final class Verbs extends Dispatcher {
    @Override
    public MockResponse dispatch(RecordedRequest recorded) {
      var request =
          ApiRequest.of(
              recorded.getMethod(),
              recorded.getPath(),
              recorded.getHeader("Content-Type"),
              recorded.getHeader("User-Agent"),
              recorded.getUtf8Body());
      if (!isOfTheServer(request)) {
        return dispatch(request);
      }
      var words = request.method() + " " + request.path();
      if (!passage.get().arrives("cluster", words)) {
        return response(CUT);
      }
      var answer = dispatch(request);
      return passage.get().returns("cluster", words) ? answer : response(CUT);
    }

    private MockResponse dispatch(ApiRequest request) {
      var answer = interceptor.apply(request);
      if (answer.isEmpty() && request.isRead() && request.isWatch()) {
        try {
          var watch = new Watch(Target.of(request.path()), request, false);
          return new MockResponse().withWebSocketUpgrade(new OverWebSocket(watch));
        } catch (ApiException e) {
          answer = Optional.of(Answer.json(e.code(), e.status()));
        }
      }
      return response(answer.orElseGet(() -> api.answer(request)));
    }
  }

  /** Tests look with clients of their own, which nothing cuts off. */
  private static boolean isOfTheServer(ApiRequest request) {
    return request.userAgent().equals("aviary");
  }

  private static MockResponse response(Answer answer) {
    return new MockResponse()
        .setResponseCode(answer.code())
        .setHeader("Content-Type", answer.type())
        .setBody(answer.body());
  }

  // ---- watches

  /** A watch over plain HTTP: one line an event, until somebody ends it. */
  private boolean stream(HttpServerRequest request) {
    var parsed =
        ApiRequest.of(
            request.method().name(), request.uri(), null, request.getHeader("User-Agent"), null);
    if (!parsed.isRead()
        || !parsed.isWatch()
        || "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
      return false;
    }
    var response = request.response();
    var answer =
        isOfTheServer(parsed) && !passage.get().arrives("cluster", "WATCH " + parsed.path())
            ? Optional.of(CUT)
            : interceptor.apply(parsed);
    if (answer.isEmpty()) {
      try {
        var accept = String.valueOf(request.getHeader("Accept"));
        var watch =
            new Watch(
                Target.of(parsed.path()), parsed, accept.contains("as=PartialObjectMetadata"));
        response.setChunked(true).putHeader("Content-Type", "application/json").writeHead();
        response.exceptionHandler(failure -> watch.end()).closeHandler(closed -> watch.end());
        watch.begin(line -> isWritten(response.write(line + "\n")), () -> response.end());
        return true;
      } catch (ApiException e) {
        answer = Optional.of(Answer.json(e.code(), e.status()));
      }
    }
    response.setStatusCode(answer.get().code()).putHeader("Content-Type", answer.get().type());
    var _ = response.end(answer.get().body());
    return true;
  }

  private static boolean isWritten(Future<Void> write) {
    try {
      write.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  /** One watch: a queue that the store fills, and a thread that empties it into the connection. */
  private final class Watch {
    private static final String END = "";
    private final Target target;
    private final boolean metadataOnly;
    private final Predicate<JsonNode> filter;
    private final @Nullable Long since;
    private final Duration limit;
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private volatile Runnable stop = () -> {};

    Watch(Target target, ApiRequest request, boolean metadataOnly) {
      this.target = target;
      this.metadataOnly = metadataOnly;
      var name = target.name();
      this.filter =
          Selector.labels(request.parameter("labelSelector"))
              .and(Selector.fields(request.parameter("fieldSelector")))
              .and(object -> name.isEmpty() || Json.text(object, "metadata", "name").equals(name));
      var version = request.parameter("resourceVersion");
      this.since = version.isEmpty() || version.equals("0") ? null : Long.valueOf(version);
      var seconds = request.parameter("timeoutSeconds");
      this.limit = seconds.isEmpty() ? LONGEST : Duration.ofSeconds(Long.parseLong(seconds));
    }

    void begin(Predicate<String> send, Runnable finish) {
      synchronized (store) {
        try {
          if (since == null) {
            store.list(target.kind(), target.namespaceOrAll()).stream()
                .filter(filter)
                .forEach(object -> add(What.ADDED.name(), shown(object)));
          }
          stop = store.listen(since, this::note);
        } catch (ApiException e) {
          add("ERROR", e.status());
          messages.add(END);
        }
      }
      watches.add(this);
      Thread.ofVirtual().name("watch of " + target.kind().plural()).start(() -> pump(send, finish));
    }

    void end() {
      stop.run();
      messages.add(END);
    }

    private void note(Change change) {
      if (!change.key().kind().equals(target.kind())
          || !(target.namespace().isEmpty()
              || target.namespace().equals(change.key().namespace()))) {
        return;
      }
      var before = change.before() != null && filter.test(change.before());
      var after = change.type() != What.DELETED && filter.test(change.object());
      if (before && after) {
        add(What.MODIFIED.name(), shown(change.object()));
      } else if (after) {
        add(What.ADDED.name(), shown(change.object()));
      } else if (before) {
        add(What.DELETED.name(), shown(change.object()));
      }
    }

    private ObjectNode shown(ObjectNode object) {
      if (!metadataOnly) {
        return target.shown(object);
      }
      return Json.object()
          .put("kind", "PartialObjectMetadata")
          .put("apiVersion", "meta.k8s.io/v1")
          .set("metadata", object.path("metadata"));
    }

    private void add(String type, ObjectNode object) {
      messages.add("{\"type\":\"" + type + "\",\"object\":" + object + "}");
    }

    private void pump(Predicate<String> send, Runnable finish) {
      var end = System.nanoTime() + limit.toNanos();
      try {
        var next = next(end);
        while (!next.equals(END) && send.test(next)) {
          next = next(end);
        }
        finish.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RejectedExecutionException | IllegalStateException e) {
        // The connection or the server has been closed meanwhile.
      } finally {
        stop.run();
        watches.remove(this);
      }
    }

    private String next(long end) throws InterruptedException {
      var next = messages.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      return next == null ? END : next;
    }
  }

  /** The same over WebSocket. */
  private static final class OverWebSocket extends WebSocketListener {
    private final Watch watch;

    OverWebSocket(Watch watch) {
      this.watch = watch;
    }

    @Override
    public void onOpen(WebSocket socket, Response response) {
      watch.begin(socket::send, () -> socket.close(1000, ""));
    }

    @Override
    public void onClosing(WebSocket socket, int code, @Nullable String reason) {
      watch.end();
    }

    @Override
    public void onClosed(WebSocket socket, int code, @Nullable String reason) {
      watch.end();
    }

    @Override
    public void onFailure(WebSocket socket, Throwable failure, @Nullable Response response) {
      watch.end();
    }
  }
}
