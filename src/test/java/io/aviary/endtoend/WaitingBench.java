package io.aviary.endtoend;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.aviary.kubernetes.Names;
import io.aviary.release.Sha256;
import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.ExampleCommits.Change;
import io.aviary.simulation.Pace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Thousands of runs that wait for a person, for bench/run: the simulated cluster, with a registry
 * and a GitHub, in a process that is not the server's, and what is there of those runs.
 *
 * <p>The first application is really released, up to its approval, by the server that is measured.
 * Its rows and its canary are copied for the others, with names, namespaces, ids and uids of their
 * own. What follows the approval of any of them is real again.
 *
 * <pre>
 * WaitingBench FOLDER APPLICATIONS
 * </pre>
 *
 * writes the server's configuration, FOLDER/first.yml with one application and FOLDER/waiting.yml
 * with all of them, and then does what its standard input says, a line each, and answers each with
 * a line that begins with {@link #ANSWER}:
 *
 * <pre>
 * release URL TOKEN           releases the first application, by the server at that address
 * copy JDBC-URL               copies it for the others, while no server has the database open
 * approve URL TOKEN COUNT     approves so many runs, one after another, and tells how quickly they went on
 * </pre>
 */
final class WaitingBench {

  private static final String ANSWER = "answer: ";
  private static final String GATE = "approveRelease";
  private static final String NEXT = "triggerProdDeployment";
  private static final String BUILDS = "bench-builds";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final JsonMapper JSON = new JsonMapper();

  private final SimulatedBackend backend;
  private final int applications;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Long> runs = new ArrayList<>();

  private WaitingBench(SimulatedBackend backend, int applications) {
    this.backend = backend;
    this.applications = applications;
    backend.cluster().createNamespace(BUILDS);
    backend.cluster().createNamespace(name(1));
  }

  public static void main(String[] arguments) throws Exception {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    var folder = Path.of(arguments[0]);
    try (var backend = SimulatedBackend.start(folder, Pace.BRISK);
        var commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      var bench = new WaitingBench(backend, Integer.parseInt(arguments[1]));
      Files.writeString(folder.resolve("first.yml"), bench.configuration(1));
      Files.writeString(folder.resolve("waiting.yml"), bench.configuration(bench.applications));
      System.out.println(ANSWER + "configured");
      for (var line = commands.readLine(); line != null; line = commands.readLine()) {
        System.out.println(ANSWER + bench.obey(line.split(" ", -1)));
      }
    }
  }

  private String obey(String[] words) throws IOException, InterruptedException, SQLException {
    return switch (words[0]) {
      case "release" -> release(new Server(words[1], words[2]));
      case "copy" -> copy(words[1]);
      case "approve" -> approve(new Server(words[1], words[2]), Integer.parseInt(words[3]));
      default -> throw new IllegalArgumentException("release, copy or approve, not " + words[0]);
    };
  }

  /** Name and namespace. */
  private static String name(int application) {
    return "waits-" + application;
  }

  private static String repository(int application) {
    return "bench/" + name(application);
  }

  /** As long as one that somebody would make, because each is masked wherever it may stand. */
  private static String secret(int application) {
    return Sha256.hex("the secret of " + name(application));
  }

  /** All releases are fetched from the first one's repository. */
  private String configuration(int count) {
    var text =
        new StringBuilder(
            """
            aviary:
              missed-push-poll: 24h
              kubeconfig: "%s"
              github: {api-url: "%s"}
              build: {registry: "%s", insecure-registry: true, namespace: %s}
              applications:
            """
                .formatted(
                    backend.kubeconfig(), backend.hub().apiUrl(), backend.registry(), BUILDS));
    for (var number = 1; number <= count; number++) {
      text.append(
          "    - {name: %s, repository: %s, clone-url: \"%s\", namespace: %s, webhook-secrets: [%s]}%n"
              .formatted(
                  name(number),
                  repository(number),
                  backend.hub().cloneUrl(repository(1)),
                  name(number),
                  secret(number)));
    }
    return text.toString();
  }

  // ---- the one that is really released

  private String release(Server server) throws IOException, InterruptedException {
    var hub = backend.hub();
    hub.hook(repository(1), server.url() + "/webhooks/github", secret(1));
    var delivery =
        hub.push(repository(1), commit().files(), "A bird that waits").deliveries().getFirst();
    if (delivery.statusCode() != 202) {
      throw new IllegalStateException("the push was answered with " + delivery.answer());
    }
    var run = JSON.readTree(delivery.answer()).get("applications").get(0).get("run").asLong();
    runs.add(run);
    var _ = server.await(run, it -> it.get("status").asString().equals("WAITING"));
    return "run " + run + " waits for its approval";
  }

  /**
   * The example with an approval in place of its share of traffic, and without a probe, with which
   * the simulation would do nothing else for thousands of pods.
   */
  private static ExampleCommits commit() {
    return ExampleCommits.with(Change.QUICK_WARM_UP, Change.QUICK_ROLLOUT)
        .replace(
            "aviary.yml",
            """
                - name: verifyCanaryInProd
                  traffic: 10
                  test: {image: test, command: [/tests/it/version_verify.sh], timeout: 5m}
            """,
            """
                - name: %s
                  approval: {timeout: 24h}
            """
                .formatted(GATE))
        .replace(
            "orni-dep-canary.yml",
            """
                    readinessProbe:
                        httpGet:
                            path: /ping
                            port: 5000
                        initialDelaySeconds: 1
                        periodSeconds: 5
                        timeoutSeconds: 3
                        failureThreshold: 3
            """,
            "");
  }

  // ---- its copies

  private String copy(String database) throws SQLException {
    try (var copies = new CopiedRuns(database, runs.getFirst(), name(1))) {
      for (var number = 2; number <= applications; number++) {
        var run = copies.nextRun();
        var uids =
            backend
                .cluster()
                .copyNamespace(name(1), name(number), Map.of(Names.RUN, Long.toString(run)));
        copies.add(name(number), uids);
        runs.add(run);
      }
      copies.commit();
    }
    Awaitility.await("the simulated cluster comes to rest")
        .atMost(PATIENCE)
        .until(() -> backend.cluster().isQuiet(Duration.ofSeconds(1)));
    var ready =
        backend.client().apps().deployments().inAnyNamespace().list().getItems().stream()
            .filter(it -> Integer.valueOf(1).equals(it.getStatus().getAvailableReplicas()))
            .count();
    require(ready == applications, "only " + ready + " canaries are ready");
    return applications + " runs wait, each with its canary";
  }

  // ---- approvals

  private String approve(Server server, int count) throws IOException, InterruptedException {
    var waiting = server.get("/api/runs?status=WAITING&size=1").get("total").asLong();
    require(waiting == applications, "only " + waiting + " runs wait for their approval");
    var chosen = new ArrayList<>(runs);
    Collections.shuffle(chosen, new Random(7));
    var approved = chosen.subList(0, Math.min(count, chosen.size()));
    var nanos = new long[approved.size()];
    for (var i = 0; i < nanos.length; i++) {
      nanos[i] = server.approve(approved.get(i));
    }
    for (var run : approved) {
      var canary = server.get("/api/runs/" + run);
      require(canary.get("status").asString().equals("SUCCEEDED"), "not released: " + canary);
      var production =
          server.await(canary.get("child").asLong(), it -> !it.get("finishedAt").isNull());
      require(
          production.get("status").asString().equals("SUCCEEDED"), "not released: " + production);
    }
    var first = nanos[0];
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "p50 %.0f ms, p99 %.0f ms, max %.0f ms (%d approvals, the first took %.0f ms; all are in production by now)",
        at(nanos, 0.5),
        at(nanos, 0.99),
        at(nanos, 1),
        nanos.length,
        first / 1e6);
  }

  private static double at(long[] sorted, double part) {
    return sorted[(int) Math.ceil(part * sorted.length) - 1] / 1e6;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** The server that is measured. */
  private final class Server {
    private final String url;
    private final String token;

    Server(String url, String token) {
      this.url = url;
      this.token = token;
    }

    String url() {
      return url;
    }

    private HttpRequest.Builder request(String path) {
      return HttpRequest.newBuilder(URI.create(url + path))
          .header("Authorization", "Bearer " + token)
          .timeout(Duration.ofSeconds(30));
    }

    JsonNode get(String path) throws IOException, InterruptedException {
      var answer = http.send(request(path).build(), BodyHandlers.ofString());
      require(answer.statusCode() == 200, path + " was answered with " + answer.body());
      return JSON.readTree(answer.body());
    }

    JsonNode await(long run, Predicate<JsonNode> wanted) {
      return Awaitility.await("run " + run)
          .atMost(PATIENCE)
          .until(() -> get("/api/runs/" + run), wanted);
    }

    /**
     * Approves, as a person does who has the run's page open, and follows the run to its end.
     *
     * @return nanoseconds from the request to the record that the next step has begun
     */
    long approve(long run) throws IOException, InterruptedException {
      var stream =
          http.send(request("/api/runs/" + run + "/events").build(), BodyHandlers.ofInputStream());
      try (var lines =
          new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
        read(lines, run, it -> is(it, GATE, "WAITING"));
        var from = System.nanoTime();
        var answer =
            http.send(
                request("/api/runs/" + run + "/approve")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"gate\": \"" + GATE + "\"}"))
                    .build(),
                BodyHandlers.ofString());
        require(answer.statusCode() == 202, "not approved: " + answer.body());
        read(lines, run, it -> is(it, NEXT, "RUNNING"));
        var took = System.nanoTime() - from;
        read(lines, run, it -> is(it, null, "SUCCEEDED"));
        return took;
      }
    }

    private static boolean is(JsonNode happened, @Nullable String step, String status) {
      return status.equals(happened.get("status").asString(""))
          && (step == null
              ? happened.get("step").isNull()
              : step.equals(happened.get("step").asString("")));
    }

    private static void read(BufferedReader lines, long run, Predicate<JsonNode> wanted)
        throws IOException {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data: {") && wanted.test(JSON.readTree(line.substring(6)))) {
          return;
        }
      }
      throw new IllegalStateException("run " + run + " ended otherwise");
    }
  }
}
