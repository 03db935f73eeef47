package io.aviary.images;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A registry over http with what a test puts there. */
final class FakeRegistry implements AutoCloseable {

  /** Requests in order: {@code GET /v2/… Authorization}. */
  final List<String> requests = new ArrayList<>();

  private final HttpServer server;
  private final Map<String, byte[]> documents = new HashMap<>();

  /** What is wanted of a request for anything below /v2/; null: nothing. */
  private @Nullable String wanted;

  private String challenge = "";
  private @Nullable Function<String, String> redirect;
  private int status;
  private @Nullable String token;

  FakeRegistry() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** An image of one platform under a tag; the digest is returned. */
  String put(String repository, String tag, Map<String, String> labels) {
    var digest = putManifest(repository, manifest(repository, labels));
    documents.put(repository + "/manifests/" + tag, document(repository + "/manifests/" + digest));
    return digest;
  }

  /** An index as BuildKit makes it when attestations are on: the attestation stands first here. */
  String putIndex(String repository, String tag, Map<String, String> labels) {
    var attestation = putManifest(repository, manifest(repository, Map.of("of", "attestation")));
    var image = putManifest(repository, manifest(repository, labels));
    var index =
        """
        {"manifests": [
          {"digest": "%s", "platform": {"os": "unknown", "architecture": "unknown"}},
          {"digest": "%s", "platform": {"os": "linux", "architecture": "amd64"}}]}
        """
            .formatted(attestation, image);
    var digest = putManifest(repository, index);
    documents.put(repository + "/manifests/" + tag, document(repository + "/manifests/" + digest));
    return digest;
  }

  void forget(String repository, String reference) {
    documents.remove(repository + "/manifests/" + reference);
  }

  void wants(String authorization, String challenge) {
    this.wanted = authorization;
    this.challenge = challenge;
  }

  /** Makes {@code /token} answer with it. */
  void serveToken(String token) {
    this.token = token;
  }

  void answers(int status) {
    this.status = status;
  }

  void redirectsBlobs(Function<String, String> redirect) {
    this.redirect = redirect;
  }

  private static String labelsJson(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(label -> "\"%s\": \"%s\"".formatted(label.getKey(), label.getValue()))
        .collect(Collectors.joining(", "));
  }

  private String manifest(String repository, Map<String, String> labels) {
    var config = "{\"config\": {\"Labels\": {%s}}}".formatted(labelsJson(labels)).getBytes(UTF_8);
    documents.put(repository + "/blobs/" + Registry.sha256(config), config);
    return "{\"config\": {\"digest\": \"%s\"}}".formatted(Registry.sha256(config));
  }

  private String putManifest(String repository, String manifest) {
    var body = manifest.getBytes(UTF_8);
    var digest = Registry.sha256(body);
    documents.put(repository + "/manifests/" + digest, body);
    return digest;
  }

  private byte[] document(String path) {
    var document = documents.get(path);
    if (document == null) {
      throw new AssertionError("no document " + path);
    }
    return document;
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().toString();
    var authorization = exchange.getRequestHeaders().getFirst("Authorization");
    requests.add(
        exchange.getRequestMethod()
            + " "
            + path
            + (authorization == null ? "" : " " + authorization));
    if (path.startsWith("/token") && token != null) {
      answer(exchange, 200, "{\"token\": \"%s\"}".formatted(token).getBytes(UTF_8));
    } else if (status != 0) {
      answer(exchange, status, "{\"errors\": [{\"message\": \"out of order\"}]}".getBytes(UTF_8));
    } else if (path.startsWith("/v2/") && wanted != null && !wanted.equals(authorization)) {
      exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
      answer(exchange, 401, "{\"errors\": [{\"message\": \"who are you\"}]}".getBytes(UTF_8));
    } else if (redirect != null && path.matches("/v2/.*/blobs/.*")) {
      exchange.getResponseHeaders().set("Location", redirect.apply(path));
      answer(exchange, 307, new byte[0]);
    } else {
      var document = documents.get(path.replaceFirst("^/(v2|elsewhere)/", ""));
      answer(exchange, document == null ? 404 : 200, document == null ? new byte[0] : document);
    }
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      if (status == 200) {
        exchange.getResponseHeaders().set("Docker-Content-Digest", Registry.sha256(body));
      }
      var head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
