package io.aviary.simulation;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The part of GitHub that a delivery server talks to, in this process: repositories in a folder,
 * readable as files and over HTTP; signed webhooks; and of the REST API repositories, branches,
 * commits, contents, comparison, statuses, deployments and webhooks. Safe for use by many threads.
 */
public final class GitHubStandIn implements Hub, AutoCloseable {

  /**
   * A webhook request that was sent.
   *
   * @param statusCode 0: there was no answer, and {@code answer} says why
   */
  public record Delivery(
      long id,
      String guid,
      String repository,
      long hook,
      String event,
      Instant deliveredAt,
      boolean redelivery,
      int statusCode,
      String payload,
      String answer) {}

  private static final String ZEROS = "0".repeat(40);

  private final AtomicLong ids = new AtomicLong(1000);
  private final GitRepositories repositories;
  private final GitHubHooks hooks = new GitHubHooks(ids);
  private final GitHubDocuments documents;
  private final GitHubRest rest;
  private final HttpServer server;
  private final String host;
  private volatile @Nullable String token;
  private volatile Passage passage = Passage.OPEN;

  private GitHubStandIn(Path folder, HttpServer server, String host) {
    this.server = server;
    this.host = host;
    this.repositories = new GitRepositories(folder);
    this.documents = new GitHubDocuments(repositories, this::url, () -> token != null);
    this.rest = new GitHubRest(repositories, hooks, documents, ids);
  }

  /** For clients on this machine. */
  public static GitHubStandIn start(Path folder) {
    return start(folder, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "127.0.0.1");
  }

  /**
   * For clients elsewhere too, such as pods.
   *
   * @param host how they reach this machine
   */
  public static GitHubStandIn start(Path folder, InetSocketAddress address, String host) {
    try {
      var server = HttpServer.create(address, 128);
      var standIn = new GitHubStandIn(folder, server, host);
      server.createContext("/", standIn::handle);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
      return standIn;
    } catch (IOException e) {
      throw new UncheckedIOException("the stand-in for GitHub cannot listen on " + address, e);
    }
  }

  public String url() {
    return "http://" + host + ":" + server.getAddress().getPort();
  }

  @Override
  public String apiUrl() {
    return url() + "/api/v3";
  }

  @Override
  public String cloneUrl(String repository) {
    return url() + "/" + repository + ".git";
  }

  /** For clients that see this machine's files. */
  public String fileUrl(String repository) {
    return "file://" + repositories.path(repository).toAbsolutePath();
  }

  /** From now on API and git refuse everybody without this token; null: nobody. */
  public void requireToken(@Nullable String token) {
    this.token = token;
  }

  /** What requests pass from now on, save those of simulated builders. */
  public void through(Passage next) {
    passage = next;
  }

  // ---- what people do at GitHub

  @Override
  public void hook(String repository, String url, String secret) {
    repositories.make(repository);
    var hook = hooks.add(repository, url, secret);
    hooks.deliver(hook, "ping", documents.ping(repository, hook));
  }

  @Override
  public Pushed push(
      String repository, Map<String, String> files, String message, String branch, boolean force) {
    repositories.make(repository);
    var before = repositories.head(repository, branch);
    var revision =
        repositories.commit(repository, files, message, force ? Optional.empty() : before);
    repositories.setHead(repository, branch, Optional.of(revision));
    return announce(repository, branch, before, Optional.of(revision), force);
  }

  @Override
  public Pushed moveBranch(String repository, String branch, String revision) {
    var before = repositories.head(repository, branch);
    repositories.setHead(repository, branch, Optional.of(revision));
    return announce(repository, branch, before, Optional.of(revision), true);
  }

  @Override
  public Pushed deleteBranch(String repository, String branch) {
    var before = repositories.head(repository, branch);
    repositories.setHead(repository, branch, Optional.empty());
    return announce(repository, branch, before, Optional.empty(), false);
  }

  /** Commits without telling anybody, as if the webhook had been lost. */
  public String pushSilently(
      String repository, Map<String, String> files, String message, String branch) {
    repositories.make(repository);
    var revision =
        repositories.commit(repository, files, message, repositories.head(repository, branch));
    repositories.setHead(repository, branch, Optional.of(revision));
    return revision;
  }

  /** Sends any event to the repository's webhooks. */
  public List<Delivery> event(String repository, String name, Map<String, ?> document) {
    return deliver(repository, name, Json.object(document));
  }

  /** Sends a delivery again, under the same id and with the same bytes. */
  @Override
  public Delivery redeliver(String guid) {
    var delivery =
        hooks.deliveries().stream()
            .filter(each -> each.guid().equals(guid))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no delivery " + guid));
    return hooks.again(delivery);
  }

  private Pushed announce(
      String repository,
      String branch,
      Optional<String> before,
      Optional<String> after,
      boolean forced) {
    var document =
        documents.push(
            repository,
            branch,
            before.orElse(ZEROS),
            after.orElse(ZEROS),
            forced && before.isPresent());
    return new Pushed(after.orElse(ZEROS), deliver(repository, "push", document));
  }

  private List<Delivery> deliver(String repository, String event, ObjectNode document) {
    return hooks.of(repository).stream().map(hook -> hooks.deliver(hook, event, document)).toList();
  }

  // ---- what tests look at

  /** Newest last. */
  @Override
  public List<Delivery> deliveries(String repository) {
    return hooks.deliveries().stream()
        .filter(delivery -> delivery.repository().equals(repository))
        .toList();
  }

  /** Commit statuses that were reported, newest first, as GitHub shows them. */
  @Override
  public List<JsonNode> statuses(String repository) {
    return rest.statuses(repository);
  }

  /** Deployments that were reported, newest first, each with its {@code statuses}. */
  @Override
  public List<JsonNode> deployments(String repository) {
    return rest.deployments(repository);
  }

  @Override
  public void close() {
    server.stop(0);
    hooks.close();
  }

  // ---- HTTP

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        var path = exchange.getRequestURI().getPath();
        var words = exchange.getRequestMethod() + " " + path;
        var service = path.contains(".git/") ? "git" : "github";
        var isBuilder = exchange.getRequestHeaders().containsKey(GitCommit.BUILDER);
        if (!isBuilder && !passage.arrives(service, words)) {
          return;
        }
        var read = exchange.getRequestMethod().equals("GET") || service.equals("git");
        if (!isBuilder && read && !passage.returns(service, words)) {
          return;
        }
        answer(exchange);
        if (!isBuilder && !read) {
          var _ = passage.returns(service, words);
        }
      } catch (GitHubRest.Problem e) {
        send(exchange, e.status(), "application/json", e.document().toString());
      } catch (RuntimeException e) {
        var document = Json.object().put("message", String.valueOf(e));
        send(exchange, 500, "application/json", document.toString());
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (!isAllowed(exchange)) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"GitHub\"");
      throw new GitHubRest.Problem(401, "Bad credentials");
    }
    var path = exchange.getRequestURI().getPath();
    var end = path.indexOf(".git/");
    if (end > 0) {
      git(exchange, path.substring(1, end), path.substring(end + ".git".length()));
      return;
    }
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var request =
        ApiRequest.of(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString().replaceFirst("^/api/v3", ""),
            null,
            null,
            body);
    var result = rest.answer(request);
    send(
        exchange,
        result.status(),
        "application/json; charset=utf-8",
        result.document() == null ? "" : result.document().toString());
  }

  private boolean isAllowed(HttpExchange exchange) {
    var wanted = token;
    if (wanted == null) {
      return true;
    }
    var header = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    var value = header.substring(header.indexOf(' ') + 1);
    if (header.startsWith("Basic ")) {
      var plain = new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
      value = plain.substring(plain.indexOf(':') + 1);
    }
    return value.equals(wanted);
  }

  private void git(HttpExchange exchange, String repository, String path) throws IOException {
    if (!repositories.exists(repository)) {
      throw new GitHubRest.Problem(404, "Not Found");
    }
    var out = new ByteArrayOutputStream();
    String type;
    if (path.equals("/info/refs")) {
      type = "application/x-git-upload-pack-advertisement";
      repositories.advertise(repository, out);
    } else if (path.equals("/git-upload-pack")) {
      type = "application/x-git-upload-pack-result";
      var body = exchange.getRequestBody().readAllBytes();
      var packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      var in = new ByteArrayInputStream(body);
      repositories.upload(repository, packed ? new GZIPInputStream(in) : in, out);
    } else {
      throw new GitHubRest.Problem(404, "Not Found");
    }
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-cache");
    exchange.sendResponseHeaders(200, out.size());
    out.writeTo(exchange.getResponseBody());
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    exchange.getRequestBody().readAllBytes();
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
