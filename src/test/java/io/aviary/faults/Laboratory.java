package io.aviary.faults;

import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.GitHubStandIn;
import io.aviary.simulation.Pace;
import io.aviary.simulation.Passage;
import io.aviary.simulation.SimulatedCluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A simulated world in which servers die: cluster, registry, git and one application, emptied for
 * each story; and what all servers share. For one thread.
 */
final class Laboratory implements AutoCloseable {

  static final String APPLICATION = "birds";
  static final String REPOSITORY = "otomato/birds";
  static final String SECRET = "It's a Secret to Everybody";
  private static final String NAMESPACE = "birds";

  /** Nobody listens there: tests bring deliveries to the servers themselves. */
  private static final String NOWHERE = "http://127.0.0.1:9/";

  final Fate fate = new Fate();
  final JumpingClock clock = new JumpingClock();
  final SimulatedCluster cluster;
  final GitHubStandIn hub;
  final KubernetesClient client;
  final JdbcClient database;
  final History history;
  private final ConfigurableApplicationContext shared;
  private final Map<String, Integer> creations = new ConcurrentHashMap<>();
  private final Set<String> away = ConcurrentHashMap.newKeySet();

  @EnableAutoConfiguration
  @AutoConfigurationPackage(basePackages = "io.aviary")
  @EntityScan("io.aviary")
  @ConfigurationPropertiesScan("io.aviary")
  @EnableJpaRepositories("io.aviary")
  @ComponentScan("io.aviary.release.masking")
  static class Shared {

    /** The database as servers see it, and as it is. */
    @Bean
    static BeanPostProcessor mortal(Fate fate) {
      return new BeanPostProcessor() {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
          return bean instanceof DataSource real ? new MortalDataSource(real, fate) : bean;
        }
      };
    }
  }

  /**
   * Builds it.
   *
   * @param folder for repositories and the kubeconfig; must be there
   * @param database URL of an empty one
   */
  Laboratory(Path folder, String database, String queueOrSupersede) {
    cluster = SimulatedCluster.start(Pace.INSTANT);
    hub = GitHubStandIn.start(folder.resolve("git"));
    hub.hook(REPOSITORY, NOWHERE, SECRET);
    client = cluster.client();
    cluster.onCreation(
        created -> {
          if (!created.startsWith("Event/")) {
            creations.merge(created, 1, Integer::sum);
          }
        });
    var passage =
        new Passage() {
          @Override
          public boolean arrives(String service, String request) {
            if (away.contains(service)) {
              return false;
            }
            // Watches come again by themselves at any time: they are refused, and not counted.
            return request.startsWith("WATCH")
                ? !fate.isDead()
                : fate.survives(service + " before " + request);
          }

          @Override
          public boolean returns(String service, String request) {
            // What was only looked at is as it was before the question.
            if (request.startsWith("GET") || request.startsWith("HEAD")) {
              return !fate.isDead();
            }
            return fate.survives(service + " after " + request);
          }
        };
    cluster.through(passage);
    hub.through(passage);
    shared =
        new SpringApplicationBuilder(Shared.class)
            .web(WebApplicationType.NONE)
            .initializers(context -> context.getBeanFactory().registerSingleton("fate", fate))
            .run(
                List.of(
                        "spring.datasource.url=" + database,
                        "spring.datasource.hikari.maximum-pool-size=8",
                        "spring.main.keep-alive=false",
                        "spring.main.banner-mode=off",
                        "db-scheduler.enabled=false",
                        "logging.level.io.aviary=ERROR",
                        "logging.level.root=WARN",
                        "aviary.kubeconfig=" + cluster.kubeconfig(folder.resolve("kubeconfig")),
                        "aviary.build.registry=" + cluster.registry().address(),
                        "aviary.build.insecure-registry=true",
                        "aviary.github.api-url=" + hub.apiUrl(),
                        "aviary.applications[0].name=" + APPLICATION,
                        "aviary.applications[0].repository=" + REPOSITORY,
                        "aviary.applications[0].clone-url=" + hub.cloneUrl(REPOSITORY),
                        "aviary.applications[0].namespace=" + NAMESPACE,
                        "aviary.applications[0].webhook-secrets[0]=" + SECRET,
                        "aviary.applications[0].on-newer-commit=" + queueOrSupersede)
                    .stream()
                    .map(argument -> "--" + argument)
                    .toArray(String[]::new));
    this.database = JdbcClient.create(((MortalDataSource) shared.getBean(DataSource.class)).real());
    this.history = new History(this.database);
  }

  /** As if nothing had ever been. */
  void reset() {
    fate.rest();
    away.clear();
    clock.right();
    emptyDatabase();
    client.namespaces().withName(NAMESPACE).delete();
    await(() -> Ending.objects(client, NAMESPACE).isEmpty());
    await(() -> cluster.isQuiet(Duration.ofMillis(20)));
    cluster.registry().empty();
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
    creations.clear();
  }

  private void emptyDatabase() {
    var tables =
        database
            .sql(
                "SELECT table_name FROM information_schema.tables WHERE LOWER(table_schema) = 'public'"
                    + " AND table_type = 'BASE TABLE' AND table_name <> 'flyway_schema_history'")
            .query(String.class)
            .list();
    var isH2 = tables.stream().anyMatch(name -> name.equals("RUN"));
    if (isH2) {
      database.sql("SET REFERENTIAL_INTEGRITY FALSE").update();
      tables.forEach(
          table -> database.sql("TRUNCATE TABLE " + table + " RESTART IDENTITY").update());
      database.sql("SET REFERENTIAL_INTEGRITY TRUE").update();
    } else {
      database.sql("TRUNCATE " + String.join(", ", tables) + " RESTART IDENTITY").update();
    }
  }

  /** {@code cluster}, {@code registry} or {@code git} cannot be reached by servers. */
  void away(String service) {
    away.add(service);
  }

  void back(String service) {
    away.remove(service);
  }

  /** A commit on the branch, as the webhook would tell of it. */
  GitHubStandIn.Delivery push(ExampleCommits commit, String message) {
    return hub.push(REPOSITORY, commit.files(), message).deliveries().getFirst();
  }

  /** Production as somebody made it by hand: three pods and their Service. */
  void makeProduction() {
    kubectlApplied(
        "/apis/apps/v1/namespaces/birds/deployments",
        """
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "ornithology"},
         "spec": {"replicas": 3,
                  "selector": {"matchLabels": {"app": "ornithology", "production": "ready"}},
                  "template": {
                    "metadata": {"labels": {"app": "ornithology", "production": "ready"}},
                    "spec": {"containers": [{
                      "name": "ornithology", "image": "python:3.13-slim",
                      "command": ["python3", "-c", "old version"],
                      "ports": [{"containerPort": 5000}]}]}}}}
        """);
    kubectlApplied(
        "/api/v1/namespaces/birds/services",
        """
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "ornithology"},
         "spec": {"selector": {"app": "ornithology", "production": "ready"},
                  "ports": [{"port": 5000, "targetPort": 5000}]}}
        """);
    await(() -> readyPods("ornithology") == 3);
    await(() -> cluster.isQuiet(Duration.ofMillis(100)));
  }

  private int readyPods(String deployment) {
    return Stream.ofNullable(
            client.apps().deployments().inNamespace(NAMESPACE).withName(deployment).get())
        .flatMap(found -> Stream.ofNullable(found.getStatus()))
        .flatMap(status -> Stream.ofNullable(status.getReadyReplicas()))
        .mapToInt(Integer::intValue)
        .sum();
  }

  /** As kubectl's client-side apply does it: what it applied is kept in an annotation. */
  private void kubectlApplied(String collection, String json) {
    var object = (ObjectNode) JsonMapper.shared().readTree(json);
    ((ObjectNode) object.get("metadata"))
        .putObject("annotations")
        .put("kubectl.kubernetes.io/last-applied-configuration", json);
    var _ =
        client.raw(
            collection + "?fieldManager=kubectl-client-side-apply", "POST", object.toString());
  }

  Server startServer() {
    return Server.start(shared, clock);
  }

  /** Objects that were created more than once under one name, with how often that was. */
  List<String> createdTwice() {
    return new TreeMap<>(creations)
        .entrySet().stream()
            .filter(entry -> entry.getValue() > 1)
            .map(entry -> entry.getKey() + " × " + entry.getValue())
            .toList();
  }

  /** Names of production's pods that are not on their way out, sorted. */
  List<String> productionPods() {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("production", "ready")
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .map(pod -> pod.getMetadata().getName())
        .filter(name -> name.matches("ornithology-[0-9a-z]+-[0-9a-z]+"))
        .filter(name -> !name.startsWith("ornithology-canary"))
        .sorted()
        .toList();
  }

  /** Digest references, each once. */
  List<String> imagesOfProduction() {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("production", "ready")
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .map(pod -> pod.getSpec().getContainers().getFirst().getImage())
        .distinct()
        .toList();
  }

  /** What the newest production run that succeeded rolled out; without one, what was there. */
  String imageOfLastGoodRelease() {
    return database
        .sql(
            "SELECT data FROM run_step JOIN run ON run.id = (SELECT child_id FROM run r WHERE r.id = run_id)"
                + " WHERE name = 'pushAppImage' AND run.status = 'SUCCEEDED' ORDER BY run.id DESC")
        .query(String.class)
        .list()
        .stream()
        .findFirst()
        .map(data -> JsonMapper.shared().readTree(data).get("reference").asString())
        .orElse("python:3.13-slim");
  }

  /** Those that have the application's turn, and whose child does not have it. */
  int runsThatMayChangeTheCluster() {
    return database
        .sql(
            "SELECT COUNT(*) FROM run WHERE turn = 'HELD' AND finished_at IS NULL AND child_id IS NULL")
        .query(Integer.class)
        .single();
  }

  Ending ending() {
    await(() -> cluster.isQuiet(Duration.ofMillis(20)));
    return Ending.of(database, client, NAMESPACE, cluster.registry());
  }

  /** What stands of a run in the database. */
  record RunRow(
      long id,
      String pipeline,
      String status,
      @Nullable String ending,
      String revision,
      @Nullable Long parentId,
      @Nullable String reason) {
    boolean isCanary() {
      return pipeline.equals("CANARY");
    }
  }

  List<RunRow> runs() {
    return database
        .sql(
            "SELECT id, pipeline, status, ending, revision, parent_id, reason FROM run ORDER BY id")
        .query(
            (row, n) ->
                new RunRow(
                    row.getLong("id"),
                    row.getString("pipeline"),
                    row.getString("status"),
                    row.getString("ending"),
                    row.getString("revision"),
                    (Long) row.getObject("parent_id"),
                    row.getString("reason")))
        .list();
  }

  boolean allRunsAreFinal() {
    return history.allRunsAreFinal();
  }

  /** Status of a step of the newest run that has it; empty: none has. */
  String step(String name) {
    return database
        .sql("SELECT status FROM run_step WHERE name = ? ORDER BY id DESC")
        .param(name)
        .query(String.class)
        .list()
        .stream()
        .findFirst()
        .orElse("");
  }

  static void await(java.util.function.BooleanSupplier condition) {
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(condition::getAsBoolean);
  }

  @Override
  public void close() {
    fate.rest();
    shared.close();
    client.close();
    hub.close();
    cluster.close();
  }
}
