package io.aviary.simulation;

import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.vertx.HttpServerRequestHandler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The mock web server with what it lacks: answers that do not end, as watches over plain HTTP are.
 * All other requests go the usual way. The port that the class above insists on opening for itself
 * is not told to anybody.
 */
final class StreamingServer extends MockWebServer {

  /** Answers by itself, or leaves a request to the dispatcher. */
  interface Streams {
    /** False: the request is none of those that are streamed. */
    boolean stream(HttpServerRequest request);
  }

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(1));
  private final Streams streams;
  private volatile @Nullable Dispatcher dispatcher;
  private @Nullable HttpServer server;

  StreamingServer(Streams streams) {
    this.streams = streams;
  }

  @Override
  public void setDispatcher(Dispatcher dispatcher) {
    this.dispatcher = dispatcher;
    super.setDispatcher(dispatcher);
  }

  @Override
  public synchronized void start(InetAddress address, int port) {
    super.start(address, 0);
    var handler = new Handler(vertx);
    var options =
        new HttpServerOptions()
            .setHost(address.getHostAddress())
            .setPort(port)
            .setHttp2ClearTextEnabled(false)
            .setWebSocketSubProtocols(List.of("v4.channel.k8s.io"));
    server =
        await(
            vertx
                .createHttpServer(options)
                .requestHandler(
                    request -> {
                      if (!streams.stream(request)) {
                        handler.handle(request);
                      }
                    })
                .listen()
                .toCompletionStage()
                .toCompletableFuture());
  }

  @Override
  public int getPort() {
    var open = server;
    return open == null ? super.getPort() : open.actualPort();
  }

  @Override
  public synchronized void shutdown() {
    var open = server;
    if (open != null) {
      await(open.close().toCompletionStage().toCompletableFuture());
      await(vertx.close().toCompletionStage().toCompletableFuture());
    }
    super.shutdown();
  }

  private static <T> T await(java.util.concurrent.CompletableFuture<T> future) {
    try {
      return future.get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the simulated API server cannot start or stop", e);
    }
  }

  private final class Handler extends HttpServerRequestHandler {
    Handler(Vertx vertx) {
      super(vertx);
    }

    @Override
    protected MockResponse onHttpRequest(RecordedRequest request) {
      var there = dispatcher;
      return there == null ? new MockResponse().setResponseCode(503) : there.dispatch(request);
    }
  }
}
