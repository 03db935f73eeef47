package io.aviary.faults;

import static org.awaitility.Awaitility.await;

import io.aviary.database.Postgres;
import io.aviary.endtoend.ServerProcess;
import io.aviary.endtoend.SimulatedBackend;
import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.ExampleCommits.Change;
import io.aviary.simulation.GitHubStandIn;
import io.aviary.simulation.Pace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Several servers, each in a process of its own, that share one PostgreSQL and work on a simulated
 * cluster in this process.
 */
final class Fleet implements AutoCloseable {

  private static final String SECRET = "It's a Secret to Everybody";
  private static final String TOKEN = "fleet-test-token-1";

  /** Nobody listens there: tests bring deliveries to the servers themselves. */
  private static final String NOWHERE = "http://127.0.0.1:9/";

  final SimulatedBackend backend;
  final JdbcClient database;
  final DriverManagerDataSource dataSource;
  final History history;
  final List<ServerProcess> servers = new ArrayList<>();
  private final Map<String, Integer> creations = new ConcurrentHashMap<>();
  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicInteger turn = new AtomicInteger();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  /**
   * Starts it.
   *
   * @param folder for repositories and the kubeconfig; must be there
   */
  Fleet(Path folder, int size, int applications) {
    backend = SimulatedBackend.start(folder, Pace.BRISK);
    backend
        .cluster()
        .onCreation(
            created -> {
              if (!created.startsWith("Event/")) {
                creations.merge(created, 1, Integer::sum);
              }
            });
    var url = Postgres.newDatabase();
    dataSource = new DriverManagerDataSource(url);
    database = JdbcClient.create(dataSource);
    history = new History(database);
    for (var number = 0; number < applications; number++) {
      backend
          .client()
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName(application(number))
                  .endMetadata()
                  .build())
          .create();
      backend.hub().hook(repository(number), NOWHERE, SECRET);
    }
    for (var number = 1; number <= size; number++) {
      var port = ServerProcess.freePort();
      var server = new ServerProcess(port, arguments(port, url, applications), "replica-" + number);
      server.start();
      servers.add(server);
    }
  }

  private List<String> arguments(int port, String url, int applications) {
    var properties = new LinkedHashMap<String, Object>();
    properties.put("server.port", port);
    properties.put("spring.datasource.url", url);
    properties.put("aviary.kubeconfig", backend.kubeconfig());
    properties.put("aviary.build.registry", backend.registry());
    properties.put("aviary.build.insecure-registry", true);
    properties.put("aviary.github.api-url", backend.hub().apiUrl());
    properties.put("aviary.security.tokens[0].name", "ci");
    properties.put("aviary.security.tokens[0].role", "operator");
    properties.put("aviary.security.tokens[0].value", TOKEN);
    for (var number = 0; number < applications; number++) {
      var prefix = "aviary.applications[" + number + "].";
      properties.put(prefix + "name", application(number));
      properties.put(prefix + "repository", repository(number));
      properties.put(prefix + "clone-url", backend.hub().cloneUrl(repository(number)));
      properties.put(prefix + "namespace", application(number));
      properties.put(prefix + "webhook-secrets[0]", SECRET);
    }
    return properties.entrySet().stream()
        .map(property -> "--" + property.getKey() + "=" + property.getValue())
        .toList();
  }

  /** Its namespace has the same name. */
  static String application(int number) {
    return "birds-" + number;
  }

  private static String repository(int number) {
    return "otomato/birds-" + number;
  }

  // ---- what people do

  /** The example, quick and with three pods, and another one each time. */
  ExampleCommits commit() {
    return ExampleCommits.with(Change.QUICK_WARM_UP, Change.QUICK_ROLLOUT, Change.THREE_REPLICAS)
        .numbered(String.valueOf(commits.incrementAndGet()))
        .replace("aviary.yml", "traffic: 10", "traffic: 25");
  }

  /** A commit that reaches some server, however often it has to be told. */
  String push(int application, ExampleCommits commit) {
    var pushed = backend.hub().push(repository(application), commit.files(), "A good one");
    var delivery = pushed.deliveries().getFirst();
    await("the push reaches a server")
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> delivers(servers.get(turn.getAndIncrement() % servers.size()), delivery));
    return pushed.revision();
  }

  private boolean delivers(ServerProcess server, GitHubStandIn.Delivery delivery)
      throws InterruptedException {
    var body = delivery.payload().getBytes(StandardCharsets.UTF_8);
    var request =
        HttpRequest.newBuilder(URI.create(server.url() + "/webhooks/github"))
            .timeout(Duration.ofSeconds(5))
            .header("Content-Type", "application/json")
            .header("X-GitHub-Event", delivery.event())
            .header("X-GitHub-Delivery", delivery.guid())
            .header("X-Hub-Signature-256", "sha256=" + sign(body))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 202;
    } catch (IOException e) {
      return false;
    }
  }

  private static String sign(byte[] body) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a server tells of something as it happens, line by line; the caller closes it. */
  HttpResponse<Stream<String>> follow(ServerProcess server, String path)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .header("Authorization", "Bearer " + TOKEN)
            .build(),
        BodyHandlers.ofLines());
  }

  // ---- what they see

  long run(String revision) {
    return database
        .sql("SELECT id FROM run WHERE revision = ? AND pipeline = 'CANARY'")
        .param(revision)
        .query(Long.class)
        .single();
  }

  /** The canary run is over, and the production run that it may have started. */
  boolean isOver(String revision) {
    return database
        .sql(
            "SELECT COUNT(*) FROM run WHERE revision = ? HAVING COUNT(*) > 0 AND COUNT(*) = COUNT(finished_at)")
        .param(revision)
        .query(Long.class)
        .optional()
        .isPresent();
  }

  void awaitEnd(String revision) {
    // A busy machine is no failure: on an idle one this takes seconds.
    await("the runs of " + revision + " are over")
        .atMost(Duration.ofMinutes(10))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> isOver(revision));
  }

  /** Pipeline and status of each run of a commit, the reason where it has one. */
  List<String> runs(String revision) {
    return database
        .sql(
            "SELECT pipeline || ' ' || status || COALESCE(': ' || reason, '') FROM run WHERE revision = ? ORDER BY id")
        .param(revision)
        .query((row, n) -> row.getString(1))
        .list();
  }

  boolean hasStep(long run, String step) {
    return database
            .sql("SELECT COUNT(*) FROM run_step WHERE run_id = ? AND name = ?")
            .param(run)
            .param(step)
            .query(Integer.class)
            .single()
        > 0;
  }

  /** Grows with each server that takes the run. */
  long fence(long run) {
    return database.sql("SELECT fence FROM run WHERE id = ?").param(run).query(Long.class).single();
  }

  /** Name of the server that works on the run; empty: none does. */
  String owner(long run) {
    return database
        .sql("SELECT COALESCE(owner, '') FROM run WHERE id = ?")
        .param(run)
        .query(String.class)
        .single();
  }

  ServerProcess ownerOf(long run) {
    var owner = owner(run);
    for (var number = 1; number <= servers.size(); number++) {
      if (owner.startsWith("replica-" + number + "-")) {
        return servers.get(number - 1);
      }
    }
    throw new AssertionError("run " + run + " has no owner but '" + owner + "'");
  }

  /** Whether somebody waits for a lock of the table. */
  boolean isWaitedFor(String table) {
    return database
            .sql(
                "SELECT COUNT(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE relname = ? AND NOT granted")
            .param(table)
            .query(Integer.class)
            .single()
        > 0;
  }

  /** Names of objects, and how often each was created. */
  Map<String, Integer> creations() {
    return new TreeMap<>(creations);
  }

  /** What is there of an application, pods without what differs each time. */
  List<String> objects(int application) {
    return Ending.objects(backend.client(), application(application));
  }

  @Override
  public void close() {
    servers.forEach(ServerProcess::kill);
    http.shutdownNow();
    backend.close();
  }
}
