package io.aviary.github;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The part of GitHub that the project's stand-in lacks: pull requests, comments, tokens of apps and
 * refusals. What was sent is kept as {@code POST /path body}.
 */
final class FakeGitHub implements AutoCloseable {

  private static final String REPOSITORY = "/repos/otomato/ornithology";
  private static final String NOW = "2026-11-25T12:00:00Z";

  private final HttpServer server;
  final List<String> written = Collections.synchronizedList(new ArrayList<>());
  final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());
  private final List<String> comments = Collections.synchronizedList(new ArrayList<>());
  private volatile int refuses;
  private volatile Map<String, String> refusalHeaders = Map.of();
  private int id = 100;

  FakeGitHub() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Writes are answered so from now on; 0: they are taken. */
  void refuse(int code, Map<String, String> headers) {
    refuses = code;
    refusalHeaders = headers;
  }

  private void handle(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    var method = exchange.getRequestMethod();
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    if (!method.equals("GET") && path.startsWith(REPOSITORY) && refuses != 0) {
      refusalHeaders.forEach(exchange.getResponseHeaders()::add);
      answer(exchange, refuses, "{\"message\": \"refused by the test\"}");
      return;
    }
    if (!method.equals("GET")) {
      written.add(method + " " + path + " " + body);
    }
    var found = document(method, path, body);
    answer(
        exchange,
        found == null ? 404 : method.equals("POST") ? 201 : 200,
        found == null ? "{}" : found);
  }

  private synchronized @Nullable String document(String method, String path, String body) {
    if (path.equals("/app")) {
      return "{\"id\": 1, \"name\": \"aviary\", \"owner\": {\"login\": \"otomato\"},"
          + " \"permissions\": {}, \"events\": [], \"created_at\": \""
          + NOW
          + "\", \"updated_at\": \""
          + NOW
          + "\"}";
    }
    if (path.equals("/app/installations/7") || path.equals(REPOSITORY + "/installation")) {
      return "{\"id\": 7, \"app_id\": 1, \"target_type\": \"Organization\", \"account\":"
          + " {\"login\": \"otomato\"}, \"permissions\": {}, \"events\": [], \"created_at\":"
          + " \""
          + NOW
          + "\", \"updated_at\": \""
          + NOW
          + "\"}";
    }
    if (path.equals("/app/installations/7/access_tokens")) {
      return "{\"token\": \"ghs_installation\", \"expires_at\": \""
          + Instant.now().plusSeconds(3600).toString().replaceAll("\\.\\d+", "")
          + "\"}";
    }
    if (path.equals(REPOSITORY)) {
      return "{\"id\": 1, \"name\": \"ornithology\", \"full_name\": \"otomato/ornithology\","
          + " \"owner\": {\"login\": \"otomato\"}}";
    }
    if (path.matches(REPOSITORY + "/commits/[0-9a-f]{40}")) {
      return "{\"sha\": \"" + path.substring(path.length() - 40) + "\"}";
    }
    if (path.endsWith("/pulls")) {
      return "[{\"id\": 5, \"number\": 42, \"state\": \"closed\", \"title\": \"Birds\"}]";
    }
    if (path.endsWith("/issues/42/comments") && method.equals("GET")) {
      return comments.toString();
    }
    if (path.endsWith("/issues/42/comments") || path.matches(".*/issues/comments/\\d+")) {
      var comment =
          "{\"id\": 9, \"body\": "
              + body.replaceFirst("^\\{\"body\":", "").replaceFirst("}$", "")
              + "}";
      comments.clear();
      comments.add(comment);
      return comment;
    }
    if (path.matches(".*/deployments/\\d+") && method.equals("GET")) {
      return "{\"id\": " + path.replaceAll(".*/", "") + "}";
    }
    return method.equals("POST") ? "{\"id\": " + ++id + ", \"state\": \"success\"}" : null;
  }

  private static void answer(HttpExchange exchange, int code, String json) throws IOException {
    var bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
