package io.aviary.github;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The part of GitHub that the project's stand-in lacks: pull requests, comments, tokens of apps and
 * refusals. What was sent is kept as {@code POST /path body}.
 */
final class FakeGitHub implements AutoCloseable {

  private static final String REPOSITORY = "/repos/otomato/ornithology";
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NOW = "2026-11-25T12:00:00Z";

  private final HttpServer server;
  final List<String> written = Collections.synchronizedList(new ArrayList<>());
  final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());
  private final List<String> comments = Collections.synchronizedList(new ArrayList<>());
  final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<String> statuses = Collections.synchronizedList(new ArrayList<>());
  private final List<String> deployments = Collections.synchronizedList(new ArrayList<>());
  private final List<String> hooks = Collections.synchronizedList(new ArrayList<>());
  private volatile Duration tokensLive = Duration.ofHours(1);
  private volatile boolean losesAnswers;
  private volatile @Nullable String failedDelivery;
  private volatile int refuses;
  private volatile int refusesLooks;
  private volatile Map<String, String> refusalHeaders = Map.of();
  private int id = 100;

  /**
   * A request that came.
   *
   * @param address path and query
   * @param body empty: none
   */
  record Request(String method, String address, String body) {}

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

  /** Whoever asks what was told is answered so from now on; 0: with what was told. */
  void refuseLooks(int code, Map<String, String> headers) {
    refusesLooks = code;
    refusalHeaders = headers;
  }

  /** Writes are taken from now on, but whoever wrote does not hear of it. */
  void loseAnswers(boolean loses) {
    losesAnswers = loses;
  }

  /** Somebody else's comment on the pull request, which Aviary may not change. */
  void commentedBySomebody(String body) {
    comments.add("{\"id\": 8, \"body\": " + JSON.writeValueAsString(body) + "}");
  }

  /** How often anybody has asked what was told. */
  long looks() {
    return requests.stream()
        .filter(it -> it.method().equals("GET") && it.address().contains("/statuses"))
        .count();
  }

  /** Of installation tokens that it hands out from now on. */
  void tokensLive(Duration life) {
    tokensLive = life;
  }

  /** A delivery that was answered with 500. */
  void deliveryFailed(long id, Instant at) {
    failedDelivery =
        "{\"id\": %d, \"guid\": \"g%d\", \"event\": \"push\", \"status_code\": 500, \"delivered_at\": \"%s\"}"
            .formatted(id, id, at);
  }

  private void handle(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    var method = exchange.getRequestMethod();
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(new Request(method, exchange.getRequestURI().toString(), body));
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    var refusal = method.equals("GET") ? path.endsWith("/statuses") ? refusesLooks : 0 : refuses;
    if (path.startsWith(REPOSITORY) && refusal != 0) {
      refusalHeaders.forEach(exchange.getResponseHeaders()::add);
      answer(exchange, refusal, "{\"message\": \"refused by the test\"}");
      return;
    }
    if (path.endsWith("/issues/comments/8")) {
      answer(exchange, 403, "{\"message\": \"Resource not accessible by integration\"}");
      return;
    }
    if (!method.equals("GET")) {
      written.add(method + " " + path + " " + body);
    }
    var found = document(method, path, body);
    if (losesAnswers && !method.equals("GET") && path.startsWith(REPOSITORY)) {
      exchange.close();
      return;
    }
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
          + Instant.now().plus(tokensLive).toString().replaceAll("\\.\\d+", "")
          + "\"}";
    }
    if (path.equals(REPOSITORY)) {
      return "{\"id\": 1, \"name\": \"ornithology\", \"full_name\": \"otomato/ornithology\","
          + " \"owner\": {\"login\": \"otomato\"}}";
    }
    if (path.matches(REPOSITORY + "/commits/[0-9a-f]{40}")) {
      return "{\"sha\": \"" + path.substring(path.length() - 40) + "\"}";
    }
    var told = told(method, path, body);
    if (told != null) {
      return told;
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
      comments.removeIf(one -> one.contains("\"id\": 9"));
      comments.add(comment);
      return comment;
    }
    if (path.equals(REPOSITORY + "/hooks")) {
      if (method.equals("GET")) {
        return hooks.toString();
      }
      hooks.add("{\"id\": 7, \"config\": " + JSON.readTree(body).get("config") + "}");
      return hooks.getLast();
    }
    if (path.equals(REPOSITORY + "/hooks/7/deliveries")) {
      return failedDelivery == null ? "[]" : "[" + failedDelivery + "]";
    }
    if (path.equals(REPOSITORY + "/deployments")) {
      if (method.equals("GET")) {
        return deployments.toString();
      }
      var made = (ObjectNode) JSON.readTree(body);
      made.put("id", ++id).put("sha", made.get("ref").asString());
      deployments.add(made.toString());
      return made.toString();
    }
    if (path.matches(".*/deployments/\\d+") && method.equals("GET")) {
      return "{\"id\": " + path.replaceAll(".*/", "") + "}";
    }
    return method.equals("POST") ? "{\"id\": " + ++id + ", \"state\": \"success\"}" : null;
  }

  /** Statuses of commits and of deployments, the newest first; null: it is about something else. */
  private @Nullable String told(String method, String path, String body) {
    var isOfDeployment = path.matches(REPOSITORY + "/deployments/\\d+/statuses");
    if (method.equals("POST")
        && (isOfDeployment || path.matches(REPOSITORY + "/statuses/[0-9a-f]{40}"))) {
      var status = (ObjectNode) JSON.readTree(body);
      status.put("id", ++id);
      status.put("told", isOfDeployment ? path : path.replaceFirst(".*/", ""));
      statuses.addFirst(status.toString());
      return status.toString();
    }
    if (method.equals("GET") && path.endsWith("/statuses")) {
      var of = isOfDeployment ? path : path.replaceFirst(".*/([0-9a-f]{40})/statuses", "$1");
      return statuses.stream()
          .filter(it -> JSON.readTree(it).path("told").asString().equals(of))
          .toList()
          .toString();
    }
    return null;
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
