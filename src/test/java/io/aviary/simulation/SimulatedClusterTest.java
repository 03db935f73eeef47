package io.aviary.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulated cluster as a plain client sees it. */
class SimulatedClusterTest {

  private static final String NAMESPACE = "birds";

  private final SimulatedCluster cluster = SimulatedCluster.start();
  private final KubernetesClient client = cluster.client();

  @BeforeEach
  void makeNamespace() {
    cluster.createNamespace(NAMESPACE);
  }

  @AfterEach
  void close() {
    client.close();
    cluster.close();
    assertThat(cluster.failures()).isEmpty();
  }

  @Test
  void deploymentBecomesReadyPodsBehindItsService() {
    create(service("web", Map.of("app", "web")));
    create(deployment("web", 3, "example.org/web:1"));

    awaitAvailable("web", 3);

    var pods = pods("web");
    assertThat(pods).hasSize(3).allMatch(pod -> pod.getMetadata().getName().startsWith("web-"));
    assertThat(pods)
        .allSatisfy(
            pod ->
                assertThat(pod.getStatus().getContainerStatuses().getFirst().getImageID())
                    .startsWith("example.org/web@sha256:"));
    eventually(() -> assertThat(readyEndpoints("web")).hasSize(3));
    var deployment = client.apps().deployments().inNamespace(NAMESPACE).withName("web").get();
    assertThat(deployment.getStatus().getObservedGeneration()).isEqualTo(1);
    assertThat(deployment.getStatus().getConditions())
        .anyMatch(each -> each.getType().equals("Available") && each.getStatus().equals("True"));
  }

  @Test
  void aCopiedNamespaceHasPodsOfItsOwn() {
    create(service("web", Map.of("app", "web")));
    create(deployment("web", 1, "example.org/web:1"));
    awaitAvailable("web", 1);
    var original = client.apps().deployments().inNamespace(NAMESPACE).withName("web").get();

    var uids = cluster.copyNamespace(NAMESPACE, "fish", Map.of("copy", "yes"));

    var copies = client.apps().deployments().inNamespace("fish").withName("web");
    eventually(
        () -> assertThat(orZero(copies.get().getStatus().getAvailableReplicas())).isEqualTo(1));
    assertThat(copies.get().getMetadata().getUid())
        .isNotEqualTo(original.getMetadata().getUid())
        .isEqualTo(uids.get(original.getMetadata().getUid()));
    assertThat(copies.get().getMetadata().getLabels()).containsEntry("copy", "yes");
    assertThat(client.pods().inNamespace("fish").list().getItems()).hasSize(1);
    assertThat(uids).hasSize(2);
  }

  @Test
  void rollingUpdateKeepsEnoughPodsAndTakesTheOldOnesAway() {
    create(deployment("web", 4, "example.org/web:1"));
    awaitAvailable("web", 4);
    var before = names(pods("web"));
    Queue<Integer> available = new ConcurrentLinkedQueue<>();
    try (var watch =
        client
            .apps()
            .deployments()
            .inNamespace(NAMESPACE)
            .withName("web")
            .watch(
                this.<Deployment>watcher(
                    (action, deployment) ->
                        available.add(orZero(deployment.getStatus().getAvailableReplicas()))))) {
      edit("web", "example.org/web:2");
      eventually(
          () ->
              assertThat(client.apps().deployments().inNamespace(NAMESPACE).withName("web").get())
                  .satisfies(
                      deployment -> {
                        var status = deployment.getStatus();
                        assertThat(status.getObservedGeneration()).isEqualTo(2);
                        assertThat(status.getUpdatedReplicas()).isEqualTo(4);
                        assertThat(status.getAvailableReplicas()).isEqualTo(4);
                        assertThat(status.getReplicas()).isEqualTo(4);
                      }));
      assertThat(watch).isNotNull();
    }
    assertThat(available).isNotEmpty().allMatch(count -> count >= 3);
    eventually(() -> assertThat(names(pods("web"))).hasSize(4).doesNotContainAnyElementsOf(before));
    assertThat(client.apps().replicaSets().inNamespace(NAMESPACE).list().getItems()).hasSize(2);
  }

  @Test
  void recreateEndsTheOldPodsFirst() {
    create(deployment("web", 2, "example.org/web:1"));
    awaitAvailable("web", 2);
    client
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .withName("web")
        .edit(
            deployment -> {
              deployment.getSpec().getStrategy().setType("Recreate");
              deployment.getSpec().getStrategy().setRollingUpdate(null);
              return deployment;
            });
    var there = new ConcurrentHashMap<String, String>();
    Queue<Set<String>> images = new ConcurrentLinkedQueue<>();
    try (var watch =
        client
            .pods()
            .inNamespace(NAMESPACE)
            .watch(
                this.<Pod>watcher(
                    (action, pod) -> {
                      if (action == Watcher.Action.DELETED) {
                        there.remove(pod.getMetadata().getName());
                      } else {
                        there.put(pod.getMetadata().getName(), image(pod));
                      }
                      images.add(Set.copyOf(there.values()));
                    }))) {
      edit("web", "example.org/web:2");
      eventually(
          () ->
              assertThat(there.values()).containsExactly("example.org/web:2", "example.org/web:2"));
      assertThat(watch).isNotNull();
    }
    assertThat(images).noneMatch(both -> both.size() > 1);
  }

  @Test
  void deletingADeploymentTakesAllThatItOwns() {
    create(service("web", Map.of("app", "web")));
    create(deployment("web", 2, "example.org/web:1"));
    awaitAvailable("web", 2);

    client.apps().deployments().inNamespace(NAMESPACE).withName("web").delete();
    client.services().inNamespace(NAMESPACE).withName("web").delete();

    eventually(
        () -> {
          assertThat(pods("web")).isEmpty();
          assertThat(client.apps().replicaSets().inNamespace(NAMESPACE).list().getItems())
              .isEmpty();
          assertThat(
                  client.discovery().v1().endpointSlices().inNamespace(NAMESPACE).list().getItems())
              .isEmpty();
        });
  }

  @Test
  void deleteHonoursTheUid() {
    var made = create(configMap("settings", Map.of("a", "1")));
    var other = configMap("settings", Map.of());
    other.getMetadata().setUid("another");

    assertThatThrownBy(() -> delete("settings", "another"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    delete("settings", made.getMetadata().getUid());

    assertThat(client.configMaps().inNamespace(NAMESPACE).withName("settings").get()).isNull();
  }

  @Test
  void applyCreatesUpdatesAndRemovesWhatItsManagerLeavesOut() {
    apply(configMap("settings", Map.of("a", "1", "b", "2")), "aviary");
    client
        .configMaps()
        .inNamespace(NAMESPACE)
        .withName("settings")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\": {\"theirs\": \"3\"}}");

    var applied = apply(configMap("settings", Map.of("a", "9")), "aviary");

    assertThat(applied.getData()).isEqualTo(Map.of("a", "9", "theirs", "3"));
    var again = apply(configMap("settings", Map.of("a", "9")), "aviary");
    assertThat(again.getMetadata().getResourceVersion())
        .isEqualTo(applied.getMetadata().getResourceVersion());
  }

  @Test
  void replicasHandedOverToAnotherManagerStay() {
    var full = applyDeployment(deployment("web", 5, "example.org/web:1"), "aviary");
    assertThat(full.getMetadata().getGeneration()).isEqualTo(1);
    var only = deployment("web", 5, "example.org/web:1");
    applyDeployment(only, "keeper");

    var without = deployment("web", 5, "example.org/web:1");
    without.getSpec().setReplicas(null);
    var handedOver = applyDeployment(without, "aviary");
    assertThat(handedOver.getSpec().getReplicas()).isEqualTo(5);

    var dropped = applyDeployment(without, "keeper");
    assertThat(dropped.getSpec().getReplicas()).as("the server's default").isEqualTo(1);
  }

  @Test
  void applyKeepsContainersOfOthersAndRemovesItsOwn() {
    var first = deployment("web", 1, "example.org/web:1");
    first
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .setEnv(
            List.of(
                new io.fabric8.kubernetes.api.model.EnvVar("A", "1", null),
                new io.fabric8.kubernetes.api.model.EnvVar("B", "2", null)));
    applyDeployment(first, "aviary");

    var second = applyDeployment(deployment("web", 1, "example.org/web:2"), "aviary");

    var container = second.getSpec().getTemplate().getSpec().getContainers().getFirst();
    assertThat(container.getEnv()).isEmpty();
    assertThat(container.getImage()).isEqualTo("example.org/web:2");
    assertThat(second.getMetadata().getGeneration()).isEqualTo(2);
  }

  @Test
  void whatTheServerFilledInGoesWithWhatItWasFilledInto() {
    var probed = deployment("web", 1, "example.org/web:1");
    probed
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .setReadinessProbe(
            new io.fabric8.kubernetes.api.model.ProbeBuilder()
                .withNewHttpGet()
                .withPath("/")
                .withNewPort(80)
                .endHttpGet()
                .build());
    var before = applyDeployment(deployment("web", 1, "example.org/web:1"), "aviary");
    applyDeployment(probed, "aviary");
    var after = applyDeployment(deployment("web", 1, "example.org/web:1"), "aviary");

    assertThat(after.getSpec()).isEqualTo(before.getSpec());
  }

  @Test
  void applyWithoutForceRefusesToTakeAValueFromAnother() {
    apply(configMap("settings", Map.of("a", "1")), "aviary");

    assertThatThrownBy(
            () ->
                client
                    .resource(configMap("settings", Map.of("a", "2")))
                    .inNamespace(NAMESPACE)
                    .patch(
                        new PatchContext.Builder()
                            .withPatchType(PatchType.SERVER_SIDE_APPLY)
                            .withFieldManager("someone")
                            .build()))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
  }

  @Test
  void staleWritesAreConflicts() {
    var made = create(configMap("settings", Map.of("a", "1")));
    client
        .configMaps()
        .inNamespace(NAMESPACE)
        .withName("settings")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\": {\"a\": null, \"b\": \"2\"}}");
    made.setData(Map.of("a", "3"));

    assertThatThrownBy(() -> client.resource(made).inNamespace(NAMESPACE).update())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    assertThat(client.configMaps().inNamespace(NAMESPACE).withName("settings").get().getData())
        .isEqualTo(Map.of("b", "2"));
  }

  @Test
  void jobRunsOnceWithExitCodeAndLog() {
    create(job("once", "for-tests", "echo one; echo two; exit 3"));

    eventually(
        () -> {
          var job = client.batch().v1().jobs().inNamespace(NAMESPACE).withName("once").get();
          assertThat(job.getStatus().getFailed()).isEqualTo(1);
          assertThat(job.getStatus().getConditions())
              .anyMatch(each -> each.getType().equals("Failed") && each.getStatus().equals("True"));
        });
    var pod = client.pods().inNamespace(NAMESPACE).withLabel("job-name", "once").list().getItems();
    assertThat(pod).hasSize(1);
    var state = state(pod.getFirst());
    assertThat(state.getTerminated().getExitCode()).isEqualTo(3);
    var name = pod.getFirst().getMetadata().getName();
    assertThat(client.pods().inNamespace(NAMESPACE).withName(name).getLog())
        .isEqualTo("one\ntwo\n");
    assertThat(client.pods().inNamespace(NAMESPACE).withName(name).usingTimestamps().getLog())
        .matches("(?s)\\d{4}-.*Z one\n.*Z two\n");
  }

  @Test
  void runningPodIsInterruptedAtItsDeadline() {
    var pod = pod("slow", "sleep infinity");
    pod.getSpec().setActiveDeadlineSeconds(1L);
    create(pod);

    eventually(
        () -> {
          var there = client.pods().inNamespace(NAMESPACE).withName("slow").get();
          assertThat(there.getStatus().getPhase()).isEqualTo("Failed");
          assertThat(there.getStatus().getReason()).isEqualTo("DeadlineExceeded");
        });
  }

  @Test
  void troublesAreInTheClustersWords() {
    cluster.behaviours().image("pull", new Behaviour.CannotPull("not found"));
    cluster.behaviours().image("start", new Behaviour.CannotStart("exec: no such file"));
    cluster.behaviours().image("crash", new Behaviour.Crashes(7, List.of("panic")));
    cluster.behaviours().image("place", new Behaviour.Unschedulable("0/1 nodes are available"));
    cluster.behaviours().image("probe", new Behaviour.NeverReady("connection refused"));
    for (var name : List.of("pull", "start", "crash", "place")) {
      create(deployment(name, 1, "example.org/" + name + ":1"));
    }
    var probed = deployment("probe", 1, "example.org/probe:1");
    probed
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .setReadinessProbe(
            new io.fabric8.kubernetes.api.model.ProbeBuilder()
                .withNewTcpSocket()
                .withNewPort(80)
                .endTcpSocket()
                .build());
    create(probed);

    eventually(() -> assertThat(waiting("pull")).isEqualTo("ImagePullBackOff"));
    eventually(() -> assertThat(waiting("start")).isEqualTo("CrashLoopBackOff"));
    eventually(() -> assertThat(waiting("crash")).isEqualTo("CrashLoopBackOff"));
    eventually(
        () ->
            assertThat(pods("place").getFirst().getStatus().getConditions())
                .anyMatch(each -> "Unschedulable".equals(each.getReason())));
    eventually(
        () ->
            assertThat(
                    client
                        .v1()
                        .events()
                        .inNamespace(NAMESPACE)
                        .withField(
                            "involvedObject.name", pods("probe").getFirst().getMetadata().getName())
                        .list()
                        .getItems())
                .anyMatch(
                    event ->
                        event.getMessage().equals("Readiness probe failed: connection refused")));
  }

  @Test
  void labelsMoveAPodIntoAService() {
    create(service("all", Map.of("share", "yes")));
    create(deployment("web", 2, "example.org/web:1"));
    awaitAvailable("web", 2);
    var name = pods("web").getFirst().getMetadata().getName();

    client
        .pods()
        .inNamespace(NAMESPACE)
        .withName(name)
        .patch(
            PatchContext.of(PatchType.STRATEGIC_MERGE),
            "{\"metadata\": {\"labels\": {\"share\": \"yes\"}}}");
    eventually(() -> assertThat(readyEndpoints("all")).containsExactly(name));

    client.pods().inNamespace(NAMESPACE).withName(name).delete();
    eventually(() -> assertThat(readyEndpoints("all")).isEmpty());
    awaitAvailable("web", 2);
  }

  @Test
  void watchTellsWhatHappenedSinceAVersion() {
    var first = create(configMap("one", Map.of()));
    create(configMap("two", Map.of()));
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    try (var watch =
        client
            .configMaps()
            .inNamespace(NAMESPACE)
            .withResourceVersion(first.getMetadata().getResourceVersion())
            .watch(
                this.<ConfigMap>watcher(
                    (action, each) -> seen.add(action + " " + each.getMetadata().getName())))) {
      client.configMaps().inNamespace(NAMESPACE).withName("one").delete();
      eventually(() -> assertThat(seen).containsExactly("ADDED two", "DELETED one"));
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void informersSurviveAnOutage() {
    try (var informer = client.configMaps().inNamespace(NAMESPACE).inform()) {
      create(configMap("one", Map.of()));
      eventually(() -> assertThat(informer.getStore().list()).hasSize(1));
      cluster.away();
      assertThatThrownBy(() -> client.configMaps().inNamespace(NAMESPACE).list())
          .isInstanceOf(KubernetesClientException.class);
      cluster.back();
      create(configMap("two", Map.of()));
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(informer.getStore().list()).hasSize(2));
    }
  }

  @Test
  void scaleChangesTheGenerationAndThePods() {
    create(deployment("web", 1, "example.org/web:1"));
    client.apps().deployments().inNamespace(NAMESPACE).withName("web").scale(3);
    awaitAvailable("web", 3);
    client.apps().deployments().inNamespace(NAMESPACE).withName("web").scale(1);
    eventually(() -> assertThat(pods("web")).hasSize(1));
    var deployment = client.apps().deployments().inNamespace(NAMESPACE).withName("web").get();
    assertThat(deployment.getMetadata().getGeneration()).isEqualTo(3);
  }

  @Test
  void oldKindsAreUnknownAndBadObjectsRefused() {
    var strange = deployment("web", 1, "example.org/web:1");
    strange.getSpec().getSelector().setMatchLabels(Map.of("app", "other"));
    assertThatThrownBy(() -> create(strange))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(422));
    assertThatThrownBy(
            () ->
                client
                    .genericKubernetesResources("extensions/v1beta1", "Deployment")
                    .inNamespace(NAMESPACE)
                    .list())
        .isInstanceOf(KubernetesClientException.class);
    assertThat(client.getKubernetesVersion().getGitVersion()).startsWith("v1.34.4");
  }

  @Test
  void kubeconfigLeadsToIt(@TempDir Path folder) {
    var file = cluster.kubeconfig(folder.resolve("config"));
    var config = io.fabric8.kubernetes.client.Config.fromKubeconfig(file.toFile());
    try (var other =
        new io.fabric8.kubernetes.client.KubernetesClientBuilder().withConfig(config).build()) {
      assertThat(other.namespaces().withName(NAMESPACE).get()).isNotNull();
    }
  }

  // ---- objects

  private static Deployment deployment(String name, int replicas, String image) {
    return new io.fabric8.kubernetes.api.model.apps.DeploymentBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewSelector()
        .withMatchLabels(Map.of("app", name))
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Map.of("app", name))
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("main")
        .withImage(image)
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static Service service(String name, Map<String, String> selector) {
    return new io.fabric8.kubernetes.api.model.ServiceBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withSelector(selector)
        .addNewPort()
        .withPort(80)
        .endPort()
        .endSpec()
        .build();
  }

  private static ConfigMap configMap(String name, Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withData(data)
        .build();
  }

  private static Pod pod(String name, String script) {
    return new io.fabric8.kubernetes.api.model.PodBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .addNewContainer()
        .withName("main")
        .withImage("busybox")
        .withCommand("sh", "-c", script)
        .endContainer()
        .endSpec()
        .build();
  }

  private static Job job(String name, String label, String script) {
    return new io.fabric8.kubernetes.api.model.batch.v1.JobBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withBackoffLimit(0)
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Map.of("purpose", label))
        .endMetadata()
        .withSpec(pod(name, script).getSpec())
        .endTemplate()
        .endSpec()
        .build();
  }

  // ---- words

  private <T extends io.fabric8.kubernetes.api.model.HasMetadata> T create(T object) {
    return client.resource(object).inNamespace(NAMESPACE).create();
  }

  private ConfigMap apply(ConfigMap object, String manager) {
    return client
        .resource(object)
        .inNamespace(NAMESPACE)
        .fieldManager(manager)
        .forceConflicts()
        .serverSideApply();
  }

  private Deployment applyDeployment(Deployment object, String manager) {
    return client
        .resource(object)
        .inNamespace(NAMESPACE)
        .fieldManager(manager)
        .forceConflicts()
        .serverSideApply();
  }

  private void delete(String configMap, String uid) {
    client.raw(
        "/api/v1/namespaces/" + NAMESPACE + "/configmaps/" + configMap,
        "DELETE",
        Map.of("preconditions", Map.of("uid", uid)));
  }

  private void edit(String name, String image) {
    client
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .withName(name)
        .edit(
            deployment -> {
              deployment
                  .getSpec()
                  .getTemplate()
                  .getSpec()
                  .getContainers()
                  .getFirst()
                  .setImage(image);
              return deployment;
            });
  }

  private List<Pod> pods(String app) {
    return client.pods().inNamespace(NAMESPACE).withLabel("app", app).list().getItems();
  }

  private static Set<String> names(List<Pod> pods) {
    return pods.stream().map(pod -> pod.getMetadata().getName()).collect(Collectors.toSet());
  }

  private static String image(Pod pod) {
    return pod.getSpec().getContainers().getFirst().getImage();
  }

  private static ContainerState state(Pod pod) {
    return pod.getStatus().getContainerStatuses().getFirst().getState();
  }

  private String waiting(String app) {
    var waiting = state(pods(app).getFirst()).getWaiting();
    return waiting == null ? "" : waiting.getReason();
  }

  private List<String> readyEndpoints(String service) {
    return client
        .discovery()
        .v1()
        .endpointSlices()
        .inNamespace(NAMESPACE)
        .withLabel("kubernetes.io/service-name", service)
        .list()
        .getItems()
        .stream()
        .flatMap(slice -> slice.getEndpoints().stream())
        .filter(endpoint -> endpoint.getConditions().getReady())
        .map(Endpoint::getTargetRef)
        .map(reference -> reference.getName())
        .toList();
  }

  private void awaitAvailable(String name, int replicas) {
    eventually(
        () ->
            assertThat(
                    orZero(
                        client
                            .apps()
                            .deployments()
                            .inNamespace(NAMESPACE)
                            .withName(name)
                            .get()
                            .getStatus()
                            .getAvailableReplicas()))
                .isEqualTo(replicas));
  }

  private static int orZero(Integer number) {
    return number == null ? 0 : number;
  }

  private static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptionsMatching(e -> e instanceof RuntimeException)
        .untilAsserted(assertion);
  }

  private interface Seen<T> {
    void seen(Watcher.Action action, T object);
  }

  private <T> Watcher<T> watcher(Seen<T> seen) {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, T object) {
        seen.seen(action, object);
      }

      @Override
      public void onClose(WatcherException cause) {
        // The test ends it.
      }
    };
  }
}
