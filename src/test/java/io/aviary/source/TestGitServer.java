package io.aviary.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;
import org.jspecify.annotations.Nullable;

/**
 * Git's smart protocol over http for one repository, at {@code /otomato/ornithology.git}, with
 * switches for what servers do to clients. It remembers who sent which credentials.
 */
final class TestGitServer implements AutoCloseable {

  private static final String PATH = "/otomato/ornithology.git";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final TestRepository repository;
  private final CountDownLatch end = new CountDownLatch(1);

  /** One line a request: method, path, and whether an Authorization header came with it. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  /** Values of the Authorization headers that came. */
  final List<String> authorizations = new CopyOnWriteArrayList<>();

  /** Asked for before anything is handed out. */
  volatile @Nullable String token;

  /** Answered to everything. */
  volatile int status;

  /** Where everything is sent on to, by the permanent redirect of a renamed repository. */
  volatile @Nullable String redirect;

  /** Not answered at all. */
  volatile boolean silent;

  TestGitServer(TestRepository repository) {
    this.repository = repository;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return "http://localhost:" + port() + PATH;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var authorization = exchange.getRequestHeaders().getFirst("Authorization");
      requests.add(
          exchange.getRequestMethod()
              + " "
              + exchange.getRequestURI().getPath()
              + (authorization == null ? "" : " with credentials"));
      if (authorization != null) {
        authorizations.add(authorization);
      }
      if (silent) {
        awaitEnd();
      } else if (token != null && !basic(token).equals(authorization)) {
        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"GitHub\"");
        answer(exchange, 401);
      } else if (redirect != null) {
        exchange.getResponseHeaders().add("Location", redirect + exchange.getRequestURI());
        answer(exchange, 301);
      } else if (status != 0) {
        answer(exchange, status);
      } else if (exchange.getRequestURI().getPath().equals(PATH + "/info/refs")) {
        advertise(exchange);
      } else if (exchange.getRequestURI().getPath().equals(PATH + "/git-upload-pack")) {
        upload(exchange);
      } else {
        answer(exchange, 404);
      }
    }
  }

  private void awaitEnd() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(status, -1);
  }

  private void advertise(HttpExchange exchange) throws IOException {
    exchange
        .getResponseHeaders()
        .add("Content-Type", "application/x-git-upload-pack-advertisement");
    exchange.sendResponseHeaders(200, 0);
    try (var pack = uploadPack(exchange)) {
      var lines = new PacketLineOut(exchange.getResponseBody());
      lines.writeString("# service=git-upload-pack\n");
      lines.end();
      pack.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(lines), "git-upload-pack");
    }
  }

  private void upload(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/x-git-upload-pack-result");
    InputStream body = exchange.getRequestBody();
    if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
      body = new GZIPInputStream(body);
    }
    exchange.sendResponseHeaders(200, 0);
    try (var pack = uploadPack(exchange)) {
      pack.upload(body, exchange.getResponseBody(), null);
    }
  }

  private UploadPack uploadPack(HttpExchange exchange) {
    var pack = new UploadPack(repository.git());
    pack.setBiDirectionalPipe(false);
    var protocol = exchange.getRequestHeaders().getFirst("Git-Protocol");
    if (protocol != null) {
      pack.setExtraParameters(List.of(protocol.split(":", -1)));
    }
    return pack;
  }

  static String basic(String token) {
    var pair = "aviary:" + token;
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    end.countDown();
    threads.shutdownNow();
    server.stop(0);
  }
}
