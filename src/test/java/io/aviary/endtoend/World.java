package io.aviary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aviary.Aviary;
import io.aviary.house.Started;
import io.aviary.simulation.ExampleCommits;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server of its own on a backend, with as many applications as there are tests, so that these can
 * run side by side. What tests do and see goes over HTTP, or is asked of the cluster by a client of
 * their own.
 */
final class World implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String SECRET = "It's a Secret to Everybody";
  private static final String TOKEN = "end-to-end-token";
  private static final int APPLICATIONS = 30;

  private final Backend backend;
  private final WrittenMetrics metrics = new WrittenMetrics();
  private final String metricsUrl;
  private final Runnable server;
  private @Nullable ServerProcess process;
  private final String url;
  private final String id = Long.toString(System.nanoTime() % 1_000_000_000L, 36);
  private final AtomicInteger next = new AtomicInteger();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private World(Backend backend, String database) {
    this.backend = backend;
    this.metricsUrl = metrics.url();
    System.out.println("end-to-end tests run on " + backend.words());
    var context = Started.from(new SpringApplicationBuilder(Aviary.class), arguments(0, database));
    server = context::close;
    url = address(context);
  }

  private static String address(org.springframework.context.ApplicationContext context) {
    return "http://127.0.0.1:"
        + Objects.requireNonNull(((ServletWebServerApplicationContext) context).getWebServer())
            .getPort();
  }

  /**
   * @param file of a database for a process of its own, with settings; null: all is in this one
   */
  private World(Backend backend, @Nullable String file, @Nullable String prometheus) {
    this.backend = backend;
    this.metricsUrl = prometheus == null ? metrics.url() : prometheus;
    System.out.println("end-to-end tests run on " + backend.words());
    // As arguments, because these win over what application.yml says.
    if (file == null) {
      var context =
          Started.from(
              new SpringApplicationBuilder(Aviary.class), arguments(0, "jdbc:h2:mem:world" + id));
      server = context::close;
      url = address(context);
    } else {
      var port = ServerProcess.freePort();
      process = new ServerProcess(port, arguments(port, "jdbc:h2:file:" + file + ";WRITE_DELAY=0"));
      process.start();
      server = process::kill;
      url = "http://127.0.0.1:" + port;
    }
  }

  static World start(Backend backend) {
    return new World(backend, null, null);
  }

  /** With the metrics of a real Prometheus. */
  static World measuring(Backend backend, String prometheus) {
    return new World(backend, null, prometheus);
  }

  /** With this database. */
  static World startOn(Backend backend, String database) {
    return new World(backend, database);
  }

  /** With the server in a process of its own that can be killed, and its database in a file. */
  static World startKillable(Backend backend, Path database) {
    return new World(backend, database.toString(), null);
  }

  /** As that, but what is free in the file is not used again: each write makes it longer. */
  static World startGrowing(Backend backend, Path database) {
    return new World(backend, database + ";RETENTION_TIME=3600000", null);
  }

  /** kill -9, and a new start on the same database. */
  void killAndStartAgain() {
    var killed = Objects.requireNonNull(process, "this world's server cannot be killed");
    killed.kill();
    killed.start();
  }

  /** The server of {@link #startKillable}. */
  ServerProcess process() {
    return Objects.requireNonNull(process, "this world's server has no process of its own");
  }

  Duration patience() {
    return backend.patience();
  }

  /** Until the server takes requests: its database answers. */
  void awaitReady() {
    await("the server is ready")
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(
            () ->
                http.send(
                            HttpRequest.newBuilder(URI.create(url + "/actuator/health/readiness"))
                                .timeout(Duration.ofSeconds(40))
                                .build(),
                            BodyHandlers.discarding())
                        .statusCode()
                    == 200);
  }

  private List<String> arguments(int port, String database) {
    var properties = properties();
    properties.put("server.port", port);
    properties.put("spring.datasource.url", database);
    return properties.entrySet().stream()
        .map(property -> "--" + property.getKey() + "=" + property.getValue())
        .toList();
  }

  private Map<String, Object> properties() {
    var properties = new LinkedHashMap<String, Object>();
    properties.put("aviary.kubeconfig", backend.kubeconfig().toString());
    properties.put("aviary.build.registry", backend.registry());
    properties.put("aviary.build.insecure-registry", "true");
    properties.put("aviary.prometheus.url", metricsUrl);
    properties.put("aviary.github.api-url", backend.hub().apiUrl());
    properties.put("aviary.security.tokens[0].name", "ci");
    properties.put("aviary.security.tokens[0].role", "operator");
    properties.put("aviary.security.tokens[0].value", TOKEN);
    properties.put("aviary.security.users[0].name", "tern");
    properties.put("aviary.security.users[0].role", "operator");
    properties.put("aviary.security.users[0].password", "{noop}sea");
    IntStream.range(0, APPLICATIONS)
        .forEach(
            number -> {
              var prefix = "aviary.applications[" + number + "].";
              properties.put(prefix + "name", "ornithology-" + number);
              properties.put(prefix + "repository", repository(number));
              properties.put(prefix + "clone-url", backend.hub().cloneUrl(repository(number)));
              properties.put(prefix + "namespace", namespace(number));
              properties.put(prefix + "webhook-secrets[0]", SECRET);
            });
    properties.putAll(backend.settings());
    return properties;
  }

  private String repository(int number) {
    return "e2e-" + id + "/ornithology-" + number;
  }

  private String namespace(int number) {
    return "e2e-" + id + "-" + number;
  }

  String url() {
    return url;
  }

  /** An application that no other test uses, with an empty namespace. */
  Scene scene() {
    var number = next.getAndIncrement();
    assertThat(number).as("applications of this world").isLessThan(APPLICATIONS);
    return new Scene(number);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(
          request
              .header("Authorization", "Bearer " + TOKEN)
              .timeout(Duration.ofSeconds(30))
              .build(),
          BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What the server says of itself at {@code /actuator/prometheus}. */
  String metrics() {
    var answer = send(HttpRequest.newBuilder(URI.create(url + "/actuator/prometheus")).GET());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Override
  public void close() {
    server.run();
    metrics.close();
    backend.close();
  }

  /** A run as REST answers with it. */
  record Run(JsonNode json) {

    String status() {
      return json.get("status").asString();
    }

    String reason() {
      return json.get("reason").asString();
    }

    String revision() {
      return json.get("revision").asString();
    }

    long child() {
      assertThat(json.get("child").isNull()).as("there is a production run: %s", json).isFalse();
      return json.get("child").asLong();
    }

    List<JsonNode> steps() {
      return json.get("steps").valueStream().toList();
    }

    JsonNode step(String name) {
      return find(name).orElseThrow(() -> new AssertionError("no step " + name + " in " + json));
    }

    private Optional<JsonNode> find(String step) {
      return steps().stream().filter(each -> each.get("name").asString().equals(step)).findFirst();
    }

    String stepStatus(String name) {
      return step(name).get("status").asString();
    }

    Object output(String step, String name) {
      var value = step(step).get("outputs").path(name);
      return value.isNumber() ? (Object) value.asDouble() : value.asString();
    }

    /** Status of the run and of each step, with the reason of those that were skipped or failed. */
    String story() {
      return status()
          + "\n"
          + steps().stream()
              .map(
                  step -> {
                    var status = step.get("status").asString();
                    var tells = Set.of("SKIPPED", "FAILED").contains(status);
                    return step.get("name").asString()
                        + " "
                        + status
                        + (tells ? ": " + step.get("reason").asString() : "")
                        + "\n";
                  })
              .collect(Collectors.joining());
    }

    /** Steps with their times. */
    String table() {
      return "run %d, %s, %s: %s%s%n"
              .formatted(
                  json.get("id").asLong(),
                  json.get("pipeline").asString(),
                  json.get("shortRevision").asString(),
                  status(),
                  json.get("reason").isNull() ? "" : ", " + reason())
          + steps().stream()
              .filter(step -> !step.get("startedAt").isNull() && !step.get("finishedAt").isNull())
              .map(
                  step ->
                      "  %-24s %7.1f s  %s%n"
                          .formatted(
                              step.get("name").asString(),
                              Duration.between(
                                          Instant.parse(step.get("startedAt").asString()),
                                          Instant.parse(step.get("finishedAt").asString()))
                                      .toMillis()
                                  / 1000.0,
                              step.get("status").asString()))
              .collect(Collectors.joining());
    }
  }

  /** A push and what the webhook answered. */
  record Push(String guid, String revision, JsonNode answer) {

    long run() {
      var run = answer.get("applications").get(0).get("run");
      assertThat(run.isNull()).as("the push made a run: %s", answer).isFalse();
      return run.asLong();
    }
  }

  /** One test's application. */
  final class Scene {

    private final int number;
    private final String namespace;
    private final KubernetesClient cluster = backend.client();

    private Scene(int number) {
      this.number = number;
      this.namespace = World.this.namespace(number);
      cluster
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
          .create();
      backend.hub().hook(repository(number), url + "/webhooks/github", SECRET);
    }

    String namespace() {
      return namespace;
    }

    KubernetesClient cluster() {
      return cluster;
    }

    String application() {
      return "ornithology-" + number;
    }

    /** Commit statuses that GitHub was told, the newest first. */
    List<JsonNode> statuses() {
      return backend.hub().statuses(repository(number));
    }

    /** Deployments that GitHub was told, with their statuses, the newest first. */
    List<JsonNode> deployments() {
      return backend.hub().deployments(repository(number));
    }

    void tidy() {
      cluster.namespaces().withName(namespace).delete();
    }

    // ---- what people and programs do

    /** The example application with changes, and quicker where it only waits. */
    ExampleCommits commit(ExampleCommits.Change... changes) {
      var all =
          Stream.concat(
                  Stream.of(
                      ExampleCommits.Change.QUICK_WARM_UP, ExampleCommits.Change.QUICK_ROLLOUT),
                  Stream.of(changes))
              .toArray(ExampleCommits.Change[]::new);
      return ExampleCommits.with(all);
    }

    Push push(ExampleCommits commit, String message) {
      var pushed = backend.hub().push(repository(number), commit.files(), message);
      var delivery = pushed.deliveries().getFirst();
      assertThat(delivery.statusCode()).as(delivery.answer()).isEqualTo(202);
      return new Push(delivery.guid(), pushed.revision(), JSON.readTree(delivery.answer()));
    }

    JsonNode redeliver(Push push) {
      var hub = backend.hub();
      var delivery =
          hub instanceof SharedHub shared
              ? shared.redeliver(repository(number), push.guid())
              : hub.redeliver(push.guid());
      return JSON.readTree(delivery.answer());
    }

    void cancel(long run, String comment) {
      var _ = post("/api/runs/" + run + "/cancel", Map.of("comment", comment), 202);
    }

    void approve(long run, String gate) {
      var _ = post("/api/runs/" + run + "/approve", Map.of("gate", gate), 202);
    }

    private String post(String path, Map<String, String> body, int expected) {
      var answer =
          send(
              HttpRequest.newBuilder(URI.create(url + path))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
      return answer.body();
    }

    /**
     * What an earlier delivery with kubectl would have left: production with an image of its own.
     */
    void kubectlMadeProduction(int pods) {
      var labels = Map.of("app", "ornithology", "production", "ready");
      var deployment =
          new io.fabric8.kubernetes.api.model.apps.DeploymentBuilder()
              .withNewMetadata()
              .withName("ornithology")
              .endMetadata()
              .withNewSpec()
              .withReplicas(pods)
              .withNewSelector()
              .withMatchLabels(labels)
              .endSelector()
              .withNewTemplate()
              .withNewMetadata()
              .withLabels(labels)
              .endMetadata()
              .withNewSpec()
              .addNewContainer()
              .withName("ornithology")
              .withImage("python:3.13-slim")
              .withCommand("python3", "-c", OLD_VERSION)
              .addNewPort()
              .withContainerPort(5000)
              .endPort()
              .endContainer()
              .endSpec()
              .endTemplate()
              .endSpec()
              .build();
      var service =
          new io.fabric8.kubernetes.api.model.ServiceBuilder()
              .withNewMetadata()
              .withName("ornithology")
              .addToLabels(labels)
              .endMetadata()
              .withNewSpec()
              .withSelector(labels)
              .addNewPort()
              .withPort(5000)
              .withNewTargetPort(5000)
              .endPort()
              .endSpec()
              .build();
      kubectlApplied("/apis/apps/v1/namespaces/" + namespace + "/deployments", deployment);
      kubectlApplied("/api/v1/namespaces/" + namespace + "/services", service);
      await("production's " + pods + " pods are ready endpoints")
          .atMost(backend.patience())
          .until(() -> endpoints().size() == pods);
    }

    /**
     * As kubectl's client-side apply creates it: under its own name, with what it applied kept in
     * an annotation.
     */
    private void kubectlApplied(String collection, HasMetadata object) {
      var applied = cluster.getKubernetesSerialization().asJson(object);
      object
          .getMetadata()
          .setAnnotations(Map.of("kubectl.kubernetes.io/last-applied-configuration", applied));
      assertThat(
              cluster.raw(
                  collection + "?fieldManager=kubectl-client-side-apply",
                  "POST",
                  cluster.getKubernetesSerialization().asJson(object)))
          .isNotNull();
    }

    // ---- what they see

    Run run(long id) {
      var answer = send(HttpRequest.newBuilder(URI.create(url + "/api/runs/" + id)).GET());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return new Run(JSON.readTree(answer.body()));
    }

    /** What becomes of the pipelines of Codefresh. */
    JsonNode importCodefresh(String canary, String production) {
      return JSON.readTree(
          post("/api/import/codefresh", Map.of("canary", canary, "production", production), 200));
    }

    /** The {@code aviary.yml} that is proposed, with what is assumed and left to do. */
    JsonNode proposal() {
      var path = "/api/applications/ornithology-" + number + "/proposal";
      var answer = send(HttpRequest.newBuilder(URI.create(url + path)).GET());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return JSON.readTree(answer.body());
    }

    /** Whether the server can tell of the run at this moment. */
    boolean isAnswered(long id) {
      return send(HttpRequest.newBuilder(URI.create(url + "/api/runs/" + id)).GET()).statusCode()
          == 200;
    }

    Run awaitEnd(long id) {
      return awaitEnd(id, backend.patience());
    }

    Run awaitEnd(long id, Duration patience) {
      awaitRun(
          id,
          "ends",
          patience,
          Duration.ofMillis(200),
          run -> !run.json().get("finishedAt").isNull());
      var run = run(id);
      System.out.print(run.table());
      return run;
    }

    /** The step says so while it goes on, or in its end. */
    void awaitReason(long run, String step, String part) {
      awaitStep(run, step, "says: " + part, each -> each.get("reason").asString("").contains(part));
    }

    void awaitStep(long run, String step, String status) {
      awaitStep(run, step, "is " + status, each -> each.get("status").asString().equals(status));
    }

    void awaitBegun(long run, String step) {
      awaitStep(run, step, "has begun", each -> !each.get("startedAt").isNull());
    }

    private void awaitStep(long run, String step, String what, Predicate<JsonNode> is) {
      awaitRun(
          run,
          "has a step " + step + " that " + what,
          backend.patience(),
          Duration.ofMillis(20),
          each -> each.find(step).filter(is).isPresent());
    }

    /** While the run goes on. */
    void awaitDuring(long run, String what, BooleanSupplier is) {
      awaitRun(run, what, backend.patience(), Duration.ofMillis(100), _ -> is.getAsBoolean());
    }

    /** What is awaited in vain tells how the run stands. */
    private void awaitRun(
        long id, String what, Duration patience, Duration pollInterval, Predicate<Run> is) {
      try {
        await("run " + id + " " + what)
            .atMost(patience)
            .pollInterval(pollInterval)
            .until(() -> is.test(run(id)));
      } catch (ConditionTimeoutException e) {
        throw new AssertionError(
            "%s. It is as follows: %s".formatted(e.getMessage(), run(id).json().toPrettyString()),
            e);
      }
    }

    boolean hasBegun(long run, String step) {
      return run(run).find(step).filter(each -> !each.get("startedAt").isNull()).isPresent();
    }

    String log(Run run, String step) {
      var path = "/api/runs/" + run.json().get("id").asLong() + "/steps/" + step + "/log";
      var answer = send(HttpRequest.newBuilder(URI.create(url + path)).GET());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return answer.body();
    }

    /** All records of a run with evidence, as text. */
    String evidence(Run run) {
      var path = "/api/runs/" + run.json().get("id").asLong() + "/records";
      return send(HttpRequest.newBuilder(URI.create(url + path)).GET()).body();
    }

    /** All that anybody can read about a run: REST, events, logs and pages, by address. */
    Map<String, String> everythingToldOf(Run run) {
      var id = run.json().get("id").asLong();
      var paths =
          new ArrayList<>(
              List.of(
                  "/api/runs/" + id,
                  "/api/runs/" + id + "/records",
                  "/api/runs/" + id + "/events",
                  "/api/runs?application=ornithology-" + number,
                  "/runs",
                  "/runs/" + id,
                  "/runs/" + id + "/pods"));
      for (var step : run.steps()) {
        var log = "/runs/" + id + "/steps/" + step.get("name").asString() + "/log";
        paths.addAll(List.of("/api" + log, log));
      }
      var told = new LinkedHashMap<String, String>();
      for (var path : paths) {
        var answer = send(HttpRequest.newBuilder(URI.create(url + path)).GET());
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
        told.put(path, answer.body());
      }
      return told;
    }

    /** As somebody else made it. */
    void secret(String name, Map<String, String> values) {
      cluster
          .resource(
              new io.fabric8.kubernetes.api.model.SecretBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withNamespace(namespace)
                  .endMetadata()
                  .withStringData(values)
                  .build())
          .create();
    }

    List<JsonNode> records(Run run) {
      return JSON.readTree(evidence(run)).valueStream().toList();
    }

    String liveRevision() {
      var answer =
          send(
              HttpRequest.newBuilder(URI.create(url + "/api/applications/ornithology-" + number))
                  .GET());
      return JSON.readTree(answer.body()).get("live").get("revision").asString();
    }

    // ---- what is in the cluster

    /** Names of production's pods that are not on their way out, sorted. */
    List<String> productionPods() {
      return pods("ornithology").stream().map(pod -> pod.getMetadata().getName()).sorted().toList();
    }

    Set<String> productionImages() {
      return pods("ornithology").stream()
          .map(pod -> pod.getSpec().getContainers().getFirst().getImage())
          .collect(Collectors.toSet());
    }

    Map<String, String> labelsOfProductionsTemplate() {
      return new TreeMap<>(
          deployment("ornithology").getSpec().getTemplate().getMetadata().getLabels());
    }

    List<String> productionProbe() {
      return deployment("ornithology").getSpec().getTemplate().getSpec().getContainers().stream()
          .map(container -> container.getReadinessProbe())
          .filter(Objects::nonNull)
          .map(Object::toString)
          .toList();
    }

    private Deployment deployment(String name) {
      return Objects.requireNonNull(
          cluster.apps().deployments().inNamespace(namespace).withName(name).get(),
          () -> "Deployment " + name);
    }

    /** Pods whose ReplicaSet belongs to the Deployment. */
    private List<Pod> pods(String deployment) {
      var sets =
          cluster.apps().replicaSets().inNamespace(namespace).list().getItems().stream()
              .filter(
                  set ->
                      set.getMetadata().getOwnerReferences().stream()
                          .anyMatch(owner -> owner.getName().equals(deployment)))
              .map(set -> set.getMetadata().getUid())
              .collect(Collectors.toSet());
      return cluster.pods().inNamespace(namespace).list().getItems().stream()
          .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
          .filter(
              pod ->
                  pod.getMetadata().getOwnerReferences().stream()
                      .anyMatch(owner -> sets.contains(owner.getUid())))
          .toList();
    }

    List<String> canaryObjects() {
      return objects("ornithology-canary");
    }

    List<String> baselineObjects() {
      return objects("ornithology-canary-baseline");
    }

    /** Pods of the baseline, with the images that they run. */
    Set<String> baselineImages() {
      return pods("ornithology-canary-baseline").stream()
          .map(pod -> pod.getSpec().getContainers().getFirst().getImage())
          .collect(Collectors.toSet());
    }

    List<String> productionObjects() {
      return objects("ornithology");
    }

    private List<String> objects(String name) {
      var found = new ArrayList<HasMetadata>();
      var deployment = cluster.apps().deployments().inNamespace(namespace).withName(name).get();
      var service = cluster.services().inNamespace(namespace).withName(name).get();
      if (deployment != null) {
        found.add(deployment);
      }
      if (service != null) {
        found.add(service);
      }
      return found.stream()
          .map(each -> each.getKind() + " " + each.getMetadata().getName())
          .toList();
    }

    /** Pods of builds and tests that are not on their way out. */
    List<String> taskPods() {
      return cluster.pods().inNamespace(namespace).list().getItems().stream()
          .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
          .map(pod -> pod.getMetadata().getName())
          .filter(name -> name.startsWith("aviary-"))
          .toList();
    }

    /** Of the one pod of a test that there is; empty: there is none, or more. */
    String phaseOfTest() {
      var phases =
          cluster.pods().inNamespace(namespace).list().getItems().stream()
              .filter(pod -> pod.getMetadata().getName().startsWith("aviary-"))
              .map(pod -> pod.getStatus().getPhase())
              .toList();
      return phases.size() == 1 ? phases.getFirst() : "";
    }

    /** Names of the pods that production's Service sends requests to, sorted. */
    List<String> endpoints() {
      return cluster
          .discovery()
          .v1()
          .endpointSlices()
          .inNamespace(namespace)
          .withLabel("kubernetes.io/service-name", "ornithology")
          .list()
          .getItems()
          .stream()
          // A slice of a Service without pods says null, not an empty list.
          .flatMap(slice -> Stream.ofNullable(slice.getEndpoints()))
          .flatMap(List::stream)
          .filter(endpoint -> Boolean.TRUE.equals(endpoint.getConditions().getReady()))
          .map(endpoint -> endpoint.getTargetRef().getName())
          .sorted()
          .toList();
    }
  }

  /** Answers every request with 200 and "old". */
  private static final String OLD_VERSION =
      """
      from http.server import *
      class Old(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'
        def do_GET(self):
          self.send_response(200); self.send_header('Content-Length', '3'); self.end_headers(); self.wfile.write(b'old')
        def log_message(self, *a): pass
      ThreadingHTTPServer(('', 5000), Old).serve_forever()
      """;
}
