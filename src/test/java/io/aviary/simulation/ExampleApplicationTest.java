package io.aviary.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aviary.simulation.ExampleCommits.Change;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The example application and its variations on the simulated cluster, built from commits. */
class ExampleApplicationTest {

  private static final String NAMESPACE = "otom8";
  private static final String REPOSITORY = "otomato/ornithology";

  private final SimulatedCluster cluster = SimulatedCluster.start();
  private final KubernetesClient client = cluster.client();
  private final GitHubStandIn github;

  ExampleApplicationTest(@TempDir Path folder) {
    github = GitHubStandIn.start(folder);
    cluster.createNamespace(NAMESPACE);
  }

  @AfterEach
  void close() {
    client.close();
    github.close();
    cluster.close();
    assertThat(cluster.failures()).isEmpty();
  }

  @Test
  void aGoodCommitPassesBothGates() {
    var image = release(ExampleCommits.good());
    awaitReady("ornithology-canary", 1);

    assertThat(test("canarytest.sh")).isEqualTo(0);
    openTraffic();

    assertThat(test("version_verify.sh")).isEqualTo(0);
    assertThat(log("version-verify")).containsPattern("\\d+ of 200 requests were served by new");
    assertThat(cluster.registry().digest("otomato/ornithology", "new")).contains(digest(image));
  }

  @Test
  void aCanaryThatNeverAnswersIsNeverReady() {
    release(ExampleCommits.with(Change.NEVER_READY));
    eventually(
        () ->
            assertThat(client.v1().events().inNamespace(NAMESPACE).list().getItems())
                .anyMatch(
                    event ->
                        event.getMessage().startsWith("Readiness probe failed: Get \"http://10.")
                            && event.getMessage().contains("/ping\": context deadline exceeded")));
    assertThat(test("canarytest.sh")).as("no ready endpoint").isEqualTo(1);
  }

  @Test
  void aLostBirdFailsTheFirstGate() {
    release(ExampleCommits.with(Change.BIRD_IS_LOST));
    awaitReady("ornithology-canary", 1);

    assertThat(test("canarytest.sh")).isEqualTo(1);
    assertThat(log("canarytest")).contains("curl: (22) The requested URL returned error: 404");
  }

  @Test
  void aBrokenVersionFailsTheSecondGate() {
    release(ExampleCommits.with(Change.VERSION_FAILS));
    awaitReady("ornithology-canary", 1);
    assertThat(test("canarytest.sh")).isEqualTo(0);
    openTraffic();

    assertThat(test("version_verify.sh")).isEqualTo(22);
  }

  @Test
  void aProgramThatIsMissingCannotStart() {
    release(ExampleCommits.with(Change.CANNOT_START));
    eventually(
        () ->
            assertThat(canary().getStatus().getContainerStatuses().getFirst().getState())
                .satisfies(
                    state ->
                        assertThat(state.getWaiting().getReason()).isEqualTo("CrashLoopBackOff")));
    assertThat(
            canary()
                .getStatus()
                .getContainerStatuses()
                .getFirst()
                .getLastState()
                .getTerminated()
                .getMessage())
        .contains("exec: \"python3-missing\": executable file not found");
  }

  @Test
  void aDockerfileThatFailsDoesNotBuild() {
    var revision = push(ExampleCommits.with(Change.DOES_NOT_BUILD));

    assertThat(build(revision, "app", "Dockerfile", "otomato/ornithology", "new")).isEqualTo(1);

    assertThat(log("build-app")).contains("process \"/bin/sh -c false\" did not complete");
    assertThat(cluster.registry().digest("otomato/ornithology", "new")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void eachChangeChangesTheExample(Change change) {
    assertThat(ExampleCommits.with(change).files()).isNotEqualTo(ExampleCommits.good().files());
  }

  // ---- a release by hand

  /** Builds both images, makes production of an older one and the canary of the new one. */
  private String release(ExampleCommits commit) {
    var revision = push(commit);
    assertBuilds(revision, "app", "Dockerfile", "otomato/ornithology", "new");
    assertBuilds(revision, "test", "Dockerfile.test", "otomato/ornitest", "new");
    var older = push(ExampleCommits.good().numbered("0"));
    assertBuilds(older, "older", "Dockerfile", "otomato/ornithology", "old");
    apply(manifests(commit, "orni-dep.yml", image("otomato/ornithology", "old")));
    var image = image("otomato/ornithology", "new");
    apply(manifests(commit, "orni-dep-canary.yml", image));
    awaitReady("ornithology", 9);
    return image;
  }

  private String push(ExampleCommits commit) {
    return github.push(REPOSITORY, commit.files(), "a change").revision();
  }

  private String image(String name, String tag) {
    var digest = cluster.registry().digest(name, tag).orElseThrow();
    return cluster.registry().address() + "/" + name + "@" + digest;
  }

  private static String digest(String image) {
    return image.substring(image.indexOf('@') + 1);
  }

  private static String manifests(ExampleCommits commit, String file, String image) {
    return Objects.requireNonNull(commit.files().get(file))
        .replace("extensions/v1beta1", "apps/v1")
        .replace("otomato/ornithology:BUILD_NUMBER", image)
        .replaceFirst(
            "(?s)(kind: Deployment.*?spec:\n  replicas: \\d+\n)",
            "$1  selector: {matchLabels: {"
                + (file.contains("canary") ? "type: canary" : "app: ornithology, production: ready")
                + "}}\n");
  }

  private void apply(String manifests) {
    for (HasMetadata object :
        client
            .load(new java.io.ByteArrayInputStream(manifests.getBytes(StandardCharsets.UTF_8)))
            .items()) {
      client
          .resource(object)
          .inNamespace(NAMESPACE)
          .fieldManager("test")
          .forceConflicts()
          .serverSideApply();
    }
  }

  private void assertBuilds(
      String revision, String name, String dockerfile, String image, String tag) {
    assertThat(build(revision, name, dockerfile, image, tag))
        .as(() -> log("build-" + name))
        .isEqualTo(0);
  }

  private int build(String revision, String name, String dockerfile, String image, String tag) {
    return run(
        "build-" + name,
        "moby/buildkit:latest",
        "buildctl-daemonless.sh",
        "build",
        "--frontend=dockerfile.v0",
        "--opt",
        "context=" + github.cloneUrl(REPOSITORY) + "#" + revision,
        "--opt=filename=" + dockerfile,
        "--opt=build-arg:VERSION=" + tag,
        "--output",
        "type=image,name=%s/%s:%s,push=true".formatted(cluster.registry().address(), image, tag));
  }

  private int test(String script) {
    return run(
        script.replace(".sh", "").replace('_', '-'),
        image("otomato/ornitest", "new"),
        "/tests/it/" + script);
  }

  private int run(String name, String image, String... command) {
    var pod =
        new io.fabric8.kubernetes.api.model.PodBuilder()
            .withNewMetadata()
            .withName(name)
            .endMetadata()
            .withNewSpec()
            .withRestartPolicy("Never")
            .addNewContainer()
            .withName("main")
            .withImage(image)
            .withCommand(command)
            .endContainer()
            .endSpec()
            .build();
    client.resource(pod).inNamespace(NAMESPACE).create();
    return await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(10))
        .until(() -> exitCode(name), Optional::isPresent)
        .orElseThrow();
  }

  private Optional<Integer> exitCode(String pod) {
    var statuses =
        client.pods().inNamespace(NAMESPACE).withName(pod).get().getStatus().getContainerStatuses();
    return statuses.stream()
        .flatMap(status -> Optional.ofNullable(status.getState().getTerminated()).stream())
        .map(ended -> ended.getExitCode())
        .findFirst();
  }

  private String log(String pod) {
    return client.pods().inNamespace(NAMESPACE).withName(pod).getLog();
  }

  private Pod canary() {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("type", "canary")
        .list()
        .getItems()
        .getFirst();
  }

  private void openTraffic() {
    client
        .pods()
        .inNamespace(NAMESPACE)
        .withName(canary().getMetadata().getName())
        .edit(
            pod -> {
              pod.getMetadata().getLabels().put("app", "ornithology");
              pod.getMetadata().getLabels().put("production", "ready");
              return pod;
            });
    eventually(
        () ->
            assertThat(
                    client
                        .discovery()
                        .v1()
                        .endpointSlices()
                        .inNamespace(NAMESPACE)
                        .withLabel("kubernetes.io/service-name", "ornithology")
                        .list()
                        .getItems()
                        .getFirst()
                        .getEndpoints())
                .hasSize(10));
  }

  private void awaitReady(String deployment, int replicas) {
    eventually(
        () ->
            assertThat(
                    client
                        .apps()
                        .deployments()
                        .inNamespace(NAMESPACE)
                        .withName(deployment)
                        .get()
                        .getStatus()
                        .getAvailableReplicas())
                .isEqualTo(replicas));
  }

  private static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptionsMatching(e -> e instanceof RuntimeException)
        .untilAsserted(assertion);
  }
}
