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
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
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

  static {
    CHATTER.setLevel(Level.WARNING);
  }

  private final ApiServer api;
  private final ObjectStore store;
  private final Function<ApiRequest, Optional<Answer>> interceptor;
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
      Function<ApiRequest, Optional<Answer>> interceptor) {
    this.api = api;
    this.store = store;
    this.interceptor = interceptor;
    var web = new MockWebServer();
    this.server =
        new KubernetesMockServer(new Context(), web, new HashMap<>(), new Verbs(web), false);
    server.init(InetAddress.getLoopbackAddress(), port);
  }

  int port() {
    return server.getPort();
  }

  /** Ends all watches, as an API server does now and then. */
  void cutWatches() {
    watches.forEach(watch -> watch.end());
  }

  @Override
  public void close() {
    watches.forEach(watch -> watch.end());
    server.destroy();
  }

  private final class Verbs extends Dispatcher {
    private final MockWebServer web;

    Verbs(MockWebServer web) {
      this.web = web;
    }

    @Override
    public MockResponse dispatch(RecordedRequest recorded) {
      forget();
      var body = recorded.getUtf8Body();
      var request =
          ApiRequest.of(
              recorded.getMethod(),
              recorded.getPath(),
              recorded.getHeader("Content-Type"),
              recorded.getHeader("User-Agent"),
              body);
      var intercepted = interceptor.apply(request);
      if (intercepted.isPresent()) {
        return response(intercepted.get());
      }
      if (request.isRead() && request.isWatch()) {
        return watch(request, recorded.getHeader("Upgrade") != null);
      }
      return response(api.answer(request));
    }

    /** The server keeps each request for a test to take; nobody does. */
    private void forget() {
      try {
        web.takeRequest(0, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static MockResponse response(Answer answer) {
    return new MockResponse()
        .setResponseCode(answer.code())
        .setHeader("Content-Type", answer.plain() ? "text/plain" : "application/json")
        .setBody(answer.body());
  }

  private MockResponse watch(ApiRequest request, boolean webSocket) {
    try {
      if (!webSocket) {
        throw new ApiException(
            406, "NotAcceptable", "the simulated cluster serves watches over WebSocket only");
      }
      var watch = new Watch(Target.of(request.path()), request);
      return new MockResponse().withWebSocketUpgrade(watch);
    } catch (ApiException e) {
      return response(Answer.json(e.code(), e.status()));
    }
  }

  /** One watch: a queue that the store fills, and a thread that empties it into the socket. */
  private final class Watch extends WebSocketListener {
    private static final String END = "";
    private final Target target;
    private final Predicate<JsonNode> filter;
    private final @Nullable Long since;
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private Runnable stop = () -> {};

    Watch(Target target, ApiRequest request) {
      this.target = target;
      var fields = Selector.fields(request.parameter("fieldSelector"));
      var name = target.name();
      this.filter =
          Selector.labels(request.parameter("labelSelector"))
              .and(fields)
              .and(object -> name.isEmpty() || Json.text(object, "metadata", "name").equals(name));
      var version = request.parameter("resourceVersion");
      this.since = version.isEmpty() || version.equals("0") ? null : Long.valueOf(version);
    }

    @Override
    public void onOpen(WebSocket socket, Response response) {
      synchronized (store) {
        try {
          if (since == null) {
            store.list(target.kind(), target.namespaceOrAll()).stream()
                .filter(filter)
                .forEach(object -> send(What.ADDED.name(), target.shown(object)));
          }
          stop = store.listen(since, this::note);
        } catch (ApiException e) {
          send("ERROR", e.status());
          messages.add(END);
        }
      }
      watches.add(this);
      Thread.ofVirtual().name("watch of " + target.kind().plural()).start(() -> pump(socket));
    }

    @Override
    public void onClosing(WebSocket socket, int code, @Nullable String reason) {
      end();
    }

    @Override
    public void onClosed(WebSocket socket, int code, @Nullable String reason) {
      end();
    }

    @Override
    public void onFailure(WebSocket socket, Throwable failure, @Nullable Response response) {
      end();
    }

    void end() {
      stop.run();
      messages.add(END);
    }

    private void note(Change change) {
      if (change.key().kind() != target.kind()
          || !(target.namespace().isEmpty()
              || target.namespace().equals(change.key().namespace()))) {
        return;
      }
      var before = change.before() != null && filter.test(change.before());
      var after = change.type() != What.DELETED && filter.test(change.object());
      if (before && after) {
        send(What.MODIFIED.name(), target.shown(change.object()));
      } else if (after) {
        send(What.ADDED.name(), target.shown(change.object()));
      } else if (before) {
        send(What.DELETED.name(), target.shown(change.object()));
      }
    }

    private void send(String type, ObjectNode object) {
      messages.add("{\"type\":\"" + type + "\",\"object\":" + object + "}");
    }

    private void pump(WebSocket socket) {
      try {
        for (var next = messages.take(); !next.equals(END); next = messages.take()) {
          if (!socket.send(next)) {
            break;
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        stop.run();
        watches.remove(this);
        close(socket);
      }
    }

    private static void close(WebSocket socket) {
      try {
        socket.close(1000, "");
      } catch (RejectedExecutionException e) {
        // The server has been closed, and its sockets with it.
      }
    }
  }
}
