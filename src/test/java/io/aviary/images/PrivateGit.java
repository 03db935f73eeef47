package io.aviary.images;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands git over http on to a server that is open to all, for those who have the token. */
final class PrivateGit implements AutoCloseable {

  private static final List<String> HANDED_ON =
      List.of("Content-Type", "Content-Encoding", "Git-Protocol", "Accept");

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger refusals = new AtomicInteger();
  private final URI open;
  private final String token;
  private final HttpServer server;

  /**
   * @param open on this machine, at an address that pods can reach
   */
  PrivateGit(URI open, String token) throws IOException {
    this.open = open;
    this.token = token;
    server = HttpServer.create(new InetSocketAddress(open.getHost(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://" + open.getHost() + ":" + server.getAddress().getPort();
  }

  /** How often somebody came without the token. */
  int refusals() {
    return refusals.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var headers = exchange.getRequestHeaders();
      if (!allowed(headers.getFirst("Authorization"))) {
        refusals.incrementAndGet();
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"git\"");
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      var request =
          HttpRequest.newBuilder(open.resolve(exchange.getRequestURI().toString()))
              .method(
                  exchange.getRequestMethod(),
                  BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
      for (var name : HANDED_ON) {
        if (headers.containsKey(name)) {
          request.header(name, headers.getFirst(name));
        }
      }
      var answer = http.send(request.build(), BodyHandlers.ofByteArray());
      answer
          .headers()
          .firstValue("Content-Type")
          .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
      exchange.sendResponseHeaders(
          answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private boolean allowed(String authorization) {
    if (authorization == null || !authorization.startsWith("Basic ")) {
      return false;
    }
    var pair = Base64.getDecoder().decode(authorization.substring("Basic ".length()));
    return new String(pair, StandardCharsets.UTF_8).endsWith(":" + token);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
