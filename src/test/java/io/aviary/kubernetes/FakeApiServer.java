package io.aviary.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers as a test says, so that failures can be had that a real server does not give. */
final class FakeApiServer implements AutoCloseable {

  /** Answers one request. */
  interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final KubernetesClient client;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile Answer answer = exchange -> status(exchange, 404, "not found");

  FakeApiServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          answer.to(exchange);
        });
    server.start();
    client = new KubernetesClientBuilder().withConfig(config()).build();
  }

  KubernetesClient client() {
    return client;
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  Config config() {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(address())
        .withRequestRetryBackoffLimit(0)
        .build();
  }

  void answers(Answer next) {
    answer = next;
  }

  /** As "GET /api/v1/…", in the order in which they came. */
  List<String> requests() {
    return requests;
  }

  static void status(HttpExchange exchange, int code, String message) throws IOException {
    send(
        exchange,
        code,
        "{\"kind\":\"Status\",\"message\":\"" + message + "\",\"code\":" + code + "}");
  }

  static void send(HttpExchange exchange, int code, String body) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** From now on nobody listens. */
  void stop() {
    server.stop(0);
  }

  @Override
  public void close() {
    client.close();
    server.stop(0);
    threads.shutdownNow();
  }
}
