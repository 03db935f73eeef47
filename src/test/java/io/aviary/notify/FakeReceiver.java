package io.aviary.notify;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Takes what is posted to it, or refuses. */
final class FakeReceiver implements AutoCloseable {

  /** A request; header names as they came. */
  record Received(Map<String, String> headers, String body) {}

  final List<Received> received = new CopyOnWriteArrayList<>();
  volatile int answers = 200;
  private final HttpServer server;

  FakeReceiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::take);
    server.start();
  }

  URI url() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/services/T0/hidden");
  }

  private void take(HttpExchange exchange) throws IOException {
    var body = exchange.getRequestBody().readAllBytes();
    if (answers == 200) {
      received.add(
          new Received(
              exchange.getRequestHeaders().entrySet().stream()
                  .collect(
                      Collectors.toMap(
                          header -> header.getKey().toLowerCase(java.util.Locale.ROOT),
                          header -> header.getValue().getFirst())),
              new String(body, java.nio.charset.StandardCharsets.UTF_8)));
    }
    exchange.sendResponseHeaders(answers, -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
