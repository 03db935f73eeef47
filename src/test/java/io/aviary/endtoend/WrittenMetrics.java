package io.aviary.endtoend;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * A metrics server whose values stand in the queries themselves, so that tests that run side by
 * side need no state: {@code canary_5_others_100{pod=~"…"}} is 5 for the canary's pods and 100 for
 * all others.
 */
final class WrittenMetrics implements AutoCloseable {

  private static final Pattern QUERY =
      Pattern.compile("canary_(\\d+)_others_(\\d+)\\{pod=~\"([^\"]*)\"}");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  WrittenMetrics() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/api/v1/query", WrittenMetrics::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var form =
          URLDecoder.decode(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
              StandardCharsets.UTF_8);
      var query = QUERY.matcher(form);
      var known = query.find();
      var isCanary = known && query.group(3).matches(".*-canary-(?!baseline).*");
      var answer =
          known
              ? """
                {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [0, "%s"]}]}}
                """
                  .formatted(query.group(isCanary ? 1 : 2))
              : "{\"status\": \"error\", \"error\": \"no such query\"}";
      var bytes = answer.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(known ? 200 : 400, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
