package io.aviary.simulation;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * An image registry in memory, which serves what the registry API (v2) is asked for by those who
 * look at images: manifests, configurations, tags. Images get in by {@link #push}. Safe for use by
 * many threads.
 */
public final class SimulatedRegistry implements AutoCloseable {

  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";

  /**
   * What is in an image.
   *
   * @param command entry point and arguments
   * @param files path to text
   */
  public record Content(
      Map<String, String> labels,
      Map<String, String> env,
      List<String> command,
      Map<String, String> files) {

    /** An image that holds nothing but labels. */
    public static Content labelled(Map<String, String> labels) {
      return new Content(labels, Map.of(), List.of(), Map.of());
    }
  }

  /** How the registry asks who is there. */
  public enum Challenge {
    NONE,
    BASIC,
    BEARER
  }

  private record Stored(String type, String text) {
    byte[] bytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  private final HttpServer server;
  private final String token = HexFormat.of().toHexDigits(System.nanoTime());
  private final Map<String, Stored> manifests = new ConcurrentHashMap<>();
  private final Map<String, Stored> blobs = new ConcurrentHashMap<>();
  private final Map<String, String> tags = new ConcurrentHashMap<>();
  private final Map<String, Content> contents = new ConcurrentHashMap<>();
  private volatile Challenge challenge = Challenge.NONE;
  private volatile String credentials = "";
  private volatile boolean away;
  private volatile Passage passage = Passage.OPEN;
  private final List<String> pushes = new CopyOnWriteArrayList<>();

  private SimulatedRegistry(HttpServer server) {
    this.server = server;
  }

  /** Listens on a free port of the loopback address. */
  public static SimulatedRegistry start() {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      var registry = new SimulatedRegistry(server);
      server.createContext("/", registry::handle);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
      return registry;
    } catch (IOException e) {
      throw new UncheckedIOException("the simulated registry cannot listen", e);
    }
  }

  /** Host and port, as image references begin. */
  public String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** From now on only this user may look at and push images. */
  public void require(Challenge how, String user, String password) {
    credentials =
        Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    challenge = how;
  }

  /** Whether base64 of {@code user:password} opens it. */
  boolean admits(@Nullable String auth) {
    return challenge == Challenge.NONE || credentials.equals(auth);
  }

  /** While it is away every request gets 503. */
  public void away(boolean away) {
    this.away = away;
  }

  boolean isAway() {
    return away;
  }

  /**
   * Stores an image.
   *
   * @param name without the registry's address, e.g. {@code otomato/ornithology}
   * @return its digest, another one for each push, as the time is part of an image
   */
  public String push(String name, String tag, Content content) {
    var config = Json.object().put("architecture", "amd64").put("os", "linux");
    config.put("created", Instant.now().toString());
    var inner = config.putObject("config");
    inner.set("Labels", Json.object(new TreeMap<>(content.labels())));
    var env = inner.putArray("Env");
    new TreeMap<>(content.env()).forEach((key, value) -> env.add(key + "=" + value));
    var command = inner.putArray("Cmd");
    content.command().forEach(command::add);
    config.putObject("rootfs").put("type", "layers").putArray("diff_ids");
    var configBytes = config.toString().getBytes(StandardCharsets.UTF_8);
    var configDigest = digest(configBytes);
    blobs.put(configDigest, new Stored(CONFIG, config.toString()));
    var manifest = Json.object().put("schemaVersion", 2).put("mediaType", MANIFEST);
    manifest
        .putObject("config")
        .put("mediaType", CONFIG)
        .put("digest", configDigest)
        .put("size", configBytes.length);
    manifest.putArray("layers");
    var bytes = manifest.toString().getBytes(StandardCharsets.UTF_8);
    var digest = digest(bytes);
    manifests.put(name + "@" + digest, new Stored(MANIFEST, manifest.toString()));
    tags.put(name + ":" + tag, digest);
    contents.put(digest, content);
    pushes.add(name + ":" + tag);
    return digest;
  }

  /** What was pushed, as name:tag, in order. */
  public List<String> pushes() {
    return List.copyOf(pushes);
  }

  /** Forgets all images. */
  public void empty() {
    manifests.clear();
    blobs.clear();
    tags.clear();
    contents.clear();
    pushes.clear();
  }

  /** What requests over HTTP pass from now on. */
  void through(Passage next) {
    passage = next;
  }

  /** Points a tag to another image of the same name. */
  public void tag(String name, String tag, String digest) {
    tags.put(name + ":" + tag, digest);
  }

  /** Forgets a tag; the image stays. */
  public void untag(String name, String tag) {
    tags.remove(name + ":" + tag);
  }

  /** The digest that a tag points to. */
  public Optional<String> digest(String name, String tag) {
    return Optional.ofNullable(tags.get(name + ":" + tag));
  }

  /** Whether the reference names this registry. */
  boolean isMine(String reference) {
    return reference.startsWith(address() + "/");
  }

  /** The digest of a full reference with tag or digest; empty: there is no such image. */
  Optional<String> resolve(String reference) {
    if (!isMine(reference)) {
      return Optional.empty();
    }
    var rest = reference.substring(address().length() + 1);
    var at = rest.indexOf('@');
    if (at >= 0) {
      var name = rest.substring(0, at).replaceFirst(":[^/]*$", "");
      var digest = rest.substring(at + 1);
      return manifests.containsKey(name + "@" + digest) ? Optional.of(digest) : Optional.empty();
    }
    var tagged = rest.substring(rest.lastIndexOf('/') + 1).contains(":") ? rest : rest + ":latest";
    return Optional.ofNullable(tags.get(tagged));
  }

  /** What is in the image of a full reference. */
  Optional<Content> content(String reference) {
    return resolve(reference).map(contents::get);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  // ---- HTTP

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var words = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      if (!passage.arrives("registry", words) || !passage.returns("registry", words)) {
        return; // It only reads: whether it was asked makes no difference.
      }
      answer(exchange);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    if (away) {
      send(exchange, 503, "text/plain", "unavailable".getBytes(StandardCharsets.UTF_8));
    } else if (path.equals("/token")) {
      token(exchange);
    } else if (!path.startsWith("/v2/")) {
      error(exchange, 404, "NOT_FOUND", path);
    } else if (!isAuthorized(exchange)) {
      challenge(exchange, path);
    } else if (path.equals("/v2/")) {
      send(exchange, 200, "application/json", "{}".getBytes(StandardCharsets.UTF_8));
    } else if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
      error(exchange, 405, "UNSUPPORTED", "the simulated registry is read-only over HTTP");
    } else {
      read(exchange, path.substring("/v2/".length()));
    }
  }

  private void read(HttpExchange exchange, String path) throws IOException {
    var parts = path.split("/", -1);
    var last = parts[parts.length - 1];
    if (path.endsWith("/tags/list")) {
      list(exchange, path.substring(0, path.length() - "/tags/list".length()));
    } else if (parts.length > 2 && parts[parts.length - 2].equals("manifests")) {
      var name = path.substring(0, path.length() - last.length() - "/manifests/".length());
      var digest = last.startsWith("sha256:") ? last : tags.get(name + ":" + last);
      var manifest = digest == null ? null : manifests.get(name + "@" + digest);
      if (digest == null || manifest == null) {
        error(exchange, 404, "MANIFEST_UNKNOWN", last);
      } else {
        exchange.getResponseHeaders().set("Docker-Content-Digest", digest);
        send(exchange, 200, manifest.type(), manifest.bytes());
      }
    } else if (parts.length > 2 && parts[parts.length - 2].equals("blobs")) {
      var blob = blobs.get(last);
      if (blob == null) {
        error(exchange, 404, "BLOB_UNKNOWN", last);
      } else {
        exchange.getResponseHeaders().set("Docker-Content-Digest", last);
        send(exchange, 200, "application/octet-stream", blob.bytes());
      }
    } else {
      error(exchange, 404, "NOT_FOUND", path);
    }
  }

  private void list(HttpExchange exchange, String name) throws IOException {
    var found =
        tags.keySet().stream()
            .filter(tag -> tag.startsWith(name + ":"))
            .map(tag -> tag.substring(name.length() + 1))
            .sorted()
            .toList();
    if (found.isEmpty()) {
      error(exchange, 404, "NAME_UNKNOWN", name);
      return;
    }
    var body = Json.object().put("name", name);
    found.forEach(Json.makeArray(body, "tags")::add);
    send(exchange, 200, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
  }

  private boolean isAuthorized(HttpExchange exchange) {
    var header = exchange.getRequestHeaders().getFirst("Authorization");
    return switch (challenge) {
      case NONE -> true;
      case BASIC -> ("Basic " + credentials).equals(header);
      case BEARER -> ("Bearer " + token).equals(header);
    };
  }

  private void challenge(HttpExchange exchange, String path) throws IOException {
    var repository = path.replaceFirst("^/v2/", "").replaceFirst("/(manifests|blobs|tags)/.*$", "");
    exchange
        .getResponseHeaders()
        .set(
            "WWW-Authenticate",
            challenge == Challenge.BASIC
                ? "Basic realm=\"simulated\""
                : "Bearer realm=\"http://%s/token\",service=\"simulated\",scope=\"repository:%s:pull\""
                    .formatted(address(), repository));
    error(exchange, 401, "UNAUTHORIZED", "authentication required");
  }

  private void token(HttpExchange exchange) throws IOException {
    var header = exchange.getRequestHeaders().getFirst("Authorization");
    if (("Basic " + credentials).equals(header)) {
      var body =
          Json.object().put("token", token).put("access_token", token).put("expires_in", 300);
      send(exchange, 200, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
    } else {
      error(exchange, 401, "UNAUTHORIZED", "incorrect username or password");
    }
  }

  private static void error(HttpExchange exchange, int status, String code, String detail)
      throws IOException {
    var body = Json.object();
    Json.makeArray(body, "errors")
        .add(Json.object().put("code", code).put("message", detail).put("detail", detail));
    send(exchange, status, "application/json", body.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Docker-Distribution-Api-Version", "registry/2.0");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  /** The content's address. */
  static String digest(byte[] bytes) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** For messages. */
  @Override
  public String toString() {
    return URI.create("http://" + address()).toString();
  }
}
