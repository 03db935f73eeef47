package io.aviary.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.kubernetes.Cluster.PodTrouble;
import io.aviary.kubernetes.Cluster.SecretKey;
import io.aviary.kubernetes.Cluster.TaskSpec;
import io.aviary.kubernetes.Cluster.TaskState.Phase;
import io.aviary.kubernetes.ClusterException;
import io.aviary.release.AviaryProperties;
import io.aviary.release.LiveConfiguration;
import io.aviary.release.definition.ImageDefinition;
import io.aviary.release.definition.PodsDefinition;
import io.aviary.release.step.Outcome;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BuildImageTest {

  private static final String NAME = "otomato/ornithology";
  private static final String TAG = "0123456";
  private static final String TOKEN = "gh-s3cret-t0ken";
  private static final String DIGEST = "sha256:" + "ab".repeat(32);

  private final FakeRegistry registry = new FakeRegistry();
  private final FakeCluster cluster = new FakeCluster();
  private @Nullable String token;
  private @Nullable String registrySecret;
  private @Nullable String registryAddress = registry.host();
  private boolean rootless;

  @AfterEach
  void close() {
    registry.close();
  }

  private BuildImage bean() {
    var properties =
        new AviaryProperties(
            URI.create("http://localhost:8080"),
            new AviaryProperties.GitHub(URI.create("https://api.github.example"), token),
            new AviaryProperties.Build(
                registryAddress, true, registrySecret, null, "moby/buildkit:v0.25.0", rootless),
            new AviaryProperties.Prometheus(null),
            new AviaryProperties.Security(List.of(), List.of()),
            List.of());
    return new BuildImage(
        new LiveConfiguration(properties), cluster, new Registries(properties, cluster));
  }

  private FakeStep<BuiltImage> step() {
    return new FakeStep<>(bean(), FakeStep.image(true));
  }

  private String reference() {
    return registry.host() + "/" + NAME + ":" + TAG;
  }

  // ---- without a build

  @Test
  void awaitsAnImageThatIsBuiltElsewhere() {
    var step = new FakeStep<>(bean(), FakeStep.image(false));

    assertThat(step.call()).isInstanceOf(Outcome.Wait.class);
    var digest = registry.put(NAME, TAG, Map.of());

    assertThat(done(step.call())).isEqualTo(new BuiltImage(reference(), digest, false, null));
    assertThat(cluster.started).isEmpty();
  }

  @Test
  void awaitsItForAsLongAsItsTimeoutSays() {
    var step = new FakeStep<>(bean(), FakeStep.image(false));
    step.call();

    var failed = failed(step.after(Duration.ofMinutes(15)).call());

    assertThat(failed.reason()).contains(reference()).contains("15m");
  }

  @Test
  void doesNotBuildAgainWhatTheRegistryHas() {
    var digest = registry.put(NAME, TAG, labels(FakeStep.REVISION));

    var outcome = step().call();

    assertThat(done(outcome)).isEqualTo(new BuiltImage(reference(), digest, true, null));
    assertThat(((Outcome.Done<BuiltImage>) outcome).note()).contains("not built again");
    assertThat(cluster.started).isEmpty();
  }

  @Test
  void buildsWhenTheTagIsOfAnotherCommitWithTheSameSevenDigits() {
    registry.put(NAME, TAG, labels("0123456" + "f".repeat(33)));

    assertThat(step().call()).isInstanceOf(Outcome.Wait.class);
    assertThat(cluster.started).hasSize(1);
  }

  @Test
  void buildsWhenTheRegistryDeniesReading() {
    registry.wants("Basic nobody", "Basic realm=\"registry\"");

    assertThat(step().call()).isInstanceOf(Outcome.Wait.class);
    assertThat(cluster.started).hasSize(1);
  }

  @Test
  void isAFaultWhenTheRegistryIsAway() {
    registry.answers(503);

    assertThatThrownBy(() -> step().call()).isInstanceOf(RegistryException.class);
    assertThat(cluster.started).isEmpty();
  }

  @Test
  void failsWithoutARegistry() {
    registryAddress = null;

    assertThat(failed(step().call()).reason()).contains("aviary.build.registry");
  }

  private static Map<String, String> labels(String revision) {
    return new Recipe(NAME, revision, ".", "Dockerfile", null, Map.of("VERSION", TAG)).labels();
  }

  // ---- the pod

  @Test
  void startsOneJobThatBuildsTheCommit() {
    var step = step();
    step.pods =
        new PodsDefinition(
            Map.of("memory", "2Gi"), Map.of("cpu", "1"), "builder", Map.of("disk", "ssd"));

    step.call();
    step.after(Duration.ofSeconds(1)).call();
    step.after(Duration.ofSeconds(1)).call();

    assertThat(cluster.started).hasSize(1);
    var spec = cluster.started.getFirst();
    assertThat(spec.asJob()).isTrue();
    assertThat(spec.namespace()).isEqualTo("otom8");
    assertThat(spec.name()).startsWith("ornithology-17-build-app-");
    assertThat(spec.image()).isEqualTo("moby/buildkit:v0.25.0");
    assertThat(spec.privileged()).isTrue();
    assertThat(spec.limits()).containsEntry("memory", "2Gi");
    assertThat(spec.requests()).containsEntry("cpu", "1");
    assertThat(spec.serviceAccount()).isEqualTo("builder");
    assertThat(spec.nodeSelector()).containsEntry("disk", "ssd");
    assertThat(spec.deadline()).isGreaterThan(Duration.ofMinutes(15));
    assertThat(spec.labels())
        .containsEntry("app.kubernetes.io/managed-by", "aviary")
        .containsEntry("aviary.io/application", "ornithology")
        .containsEntry("aviary.io/run", "17");
    assertThat(spec.args())
        .startsWith("https://github.example/otomato/ornithology.git", FakeStep.REVISION, ".")
        .contains(
            "--opt=filename=Dockerfile",
            "--opt=build-arg:VERSION=0123456",
            "--opt=label:org.opencontainers.image.revision=" + FakeStep.REVISION,
            "--opt=label:aviary.io/repository=otomato/ornithology",
            "--output=type=image,name=" + reference() + ",push=true,registry.insecure=true");
    assertThat(cluster.watched).containsOnly("otom8/17").hasSize(3);
    assertThat(step.memory).first().extracting(BuiltImage::digest).isNull();
  }

  @Test
  void keepsDollarsFromBeingReplacedByKubernetes() {
    var image =
        new ImageDefinition(
            "app",
            NAME,
            "services/birds",
            "docker/Dockerfile",
            "run",
            Map.of("PRICE", "$$5 in $(HOME)"),
            true,
            "v$RUN",
            Duration.ofMinutes(1));

    new FakeStep<>(bean(), image).call();

    assertThat(cluster.started.getFirst().args())
        .contains(
            "services/birds",
            "--opt=filename=docker/Dockerfile",
            "--opt=target=run",
            "--opt=build-arg:PRICE=$$5 in $$(HOME)",
            "--output=type=image,name=%s/%s:v17,push=true,registry.insecure=true"
                .formatted(registry.host(), NAME));
  }

  @Test
  void needsNoPrivilegesWhenRootless() {
    rootless = true;

    step().call();

    var spec = cluster.started.getFirst();
    assertThat(spec.privileged()).isFalse();
    assertThat(spec.seccompUnconfined()).isTrue();
    assertThat(spec.env()).containsEntry("BUILDKITD_FLAGS", "--oci-worker-no-process-sandbox");
    assertThat(spec.scratch()).contains("/home/user/.local/share/buildkit");
  }

  @Test
  void startsNoBuildThatWouldWaitForASecretForEver() {
    registrySecret = "registry";

    assertThatThrownBy(() -> step().call())
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.isRejection()).isTrue())
        .hasMessageContaining("no Secret registry in namespace otom8");
    assertThat(cluster.started).isEmpty();
  }

  @Test
  void mountsTheCredentialsOfTheRegistry() {
    registrySecret = "registry";
    cluster.secrets.put("registry", Map.of(DockerConfig.SECRET_KEY, "{\"auths\": {}}"));

    step().call();

    var spec = cluster.started.getFirst();
    assertThat(spec.secretMounts()).containsValue("registry");
    assertThat(spec.secretMounts()).containsKey(spec.env().get("DOCKER_CONFIG"));
    assertThat(spec.imagePullSecret()).isEqualTo("registry");
  }

  @Test
  void putsTheTokenIntoASecretOfTheRunAndNowhereElse() {
    token = TOKEN;
    var step = step();

    step.call();

    var name = cluster.onlyTask();
    var spec = cluster.started.getFirst();
    assertThat(cluster.secrets).containsOnlyKeys(name);
    assertThat(cluster.secretLabels.get(name)).isEqualTo(spec.labels());
    assertThat(spec.secretEnv())
        .containsEntry("GIT_CONFIG_VALUE_0", new SecretKey(name, BuildPod.HEADER));
    assertThat(spec.env())
        .containsEntry("GIT_CONFIG_KEY_0", "http.https://github.example/.extraHeader");
    assertThat(everything(spec)).doesNotContain(TOKEN).doesNotContain(base64(TOKEN));

    cluster.state(Phase.SUCCEEDED, 0, DIGEST, null);
    step.call();

    assertThat(cluster.secrets).isEmpty();
    assertThat(step.log).doesNotContain(TOKEN);
    assertThat(step.memory.toString()).doesNotContain(TOKEN);
  }

  @Test
  void makesNoSecretForAProtocolThatSendsNone() {
    token = TOKEN;
    var step = step();
    step.cloneUrl = "git://10.40.0.1/otomato/ornithology.git";

    step.call();

    assertThat(cluster.secrets).isEmpty();
    assertThat(cluster.started.getFirst().secretEnv()).isEmpty();
  }

  private static String base64(String secret) {
    return Base64.getEncoder()
        .encodeToString(("x-access-token:" + secret).getBytes(StandardCharsets.UTF_8));
  }

  /** A record's text holds all of its fields. */
  private static String everything(TaskSpec spec) {
    return spec.toString();
  }

  // ---- while it goes on

  @Test
  void adoptsTheJobThatACrashLeftBehind() {
    var step = step();
    step.call();
    cluster.state(Phase.RUNNING, null, null, null);

    // The same run, in a server that remembers only that it was about to start the Job.
    var again = step();
    again.remember(step.memory.getFirst());
    again.call();

    assertThat(cluster.started).hasSize(1);
    assertThat(again.log).doesNotContain("not there");
  }

  @Test
  void startsAJobAgainThatSomebodyDeleted() {
    var step = step();
    step.call();
    cluster.tasks.clear();

    step.call();

    assertThat(cluster.started).hasSize(2);
    assertThat(step.log).contains("is not there");
  }

  @Test
  void storesEachLineOfTheLogOnce() {
    var step = step();
    step.call();
    cluster.state(Phase.RUNNING, null, null, null);
    cluster.says(step.now, "#1 one", "#2 two");
    step.call();
    cluster.says(step.now.plusSeconds(1), "#3 three");
    step.after(Duration.ofSeconds(1)).call();
    step.after(Duration.ofSeconds(1)).call();
    cluster.says(step.now.plusSeconds(2), "#4 four");
    cluster.state(Phase.SUCCEEDED, 0, DIGEST, null);
    step.after(Duration.ofSeconds(1)).call();

    assertThat(step.log).hasToString("#1 one\n#2 two\n#3 three\n#4 four\n");
  }

  @Test
  void whatHappensJustAfterALineDoesNotAskForTheLogAgain() {
    var step = step();
    step.call();
    cluster.state(Phase.RUNNING, null, null, null);
    cluster.says(step.now, "#1 one");
    step.call();
    step.after(Duration.ofMillis(999)).call();
    assertThat(cluster.logReads).hasSize(1);

    step.after(Duration.ofMillis(1)).call();
    cluster.says(step.now.plusSeconds(3600), "#2 by a clock that is ahead");
    step.call();
    step.call();

    assertThat(cluster.logReads).hasSize(4);
  }

  @Test
  void goesOnWhileTheLogCannotBeRead() {
    var step = step();
    step.call();
    cluster.state(Phase.RUNNING, null, null, null);
    cluster.refuseLog = fault("kubelet is away");

    assertThat(step.call()).isInstanceOf(Outcome.Wait.class);

    cluster.state(Phase.SUCCEEDED, 0, DIGEST, null);
    step.after(Duration.ofSeconds(31));
    assertThatThrownBy(step::call).isSameAs(cluster.refuseLog);
    assertThat(cluster.tasks).isNotEmpty();

    assertThat(done(step.after(Duration.ofMinutes(1)).call()).digest()).isEqualTo(DIGEST);
    assertThat(step.log).contains("could not be read: kubelet is away");
  }

  // ---- ends

  @Test
  void endsWithTheDigestAndLeavesNothingBehind() {
    var step = step();
    step.call();
    cluster.state(Phase.SUCCEEDED, 0, DIGEST + "\n", null);

    var outcome = step.after(Duration.ofSeconds(12)).call();

    assertThat(done(outcome)).isEqualTo(new BuiltImage(reference(), DIGEST, false, null));
    assertThat(((Outcome.Done<BuiltImage>) outcome).note()).contains("12s");
    assertThat(cluster.tasks).isEmpty();
  }

  @Test
  void endsInTheSameWayAfterACrashBetweenDigestAndCleaning() {
    token = TOKEN;
    var step = step();
    step.call();
    cluster.state(Phase.SUCCEEDED, 0, DIGEST, null);
    step.remember(new BuiltImage(reference(), DIGEST, false, step.memory.getFirst().progress()));

    assertThat(done(step.call()).digest()).isEqualTo(DIGEST);
    assertThat(cluster.tasks).isEmpty();
    assertThat(cluster.secrets).isEmpty();
  }

  @Test
  void failsWithTheLineOfTheDockerfile() {
    var step = step();
    step.call();
    cluster.says(
        step.now,
        "Dockerfile:2",
        "   2 | >>> RUN make app",
        "error: failed to solve: process \"/bin/sh -c make app\" did not complete successfully");
    cluster.state(Phase.FAILED, 1, null, null);

    var failed = failed(step.call());

    assertThat(failed.reason())
        .startsWith("build of otomato/ornithology failed with exit code 1: process")
        .contains("Dockerfile:2: RUN make app");
    assertThat(failed.evidence()).hasSize(3).contains("Dockerfile:2");
    assertThat(step.log).contains("RUN make app");
    assertThat(cluster.tasks).isEmpty();
  }

  @Test
  void failsWithTheReasonForWhichThePodWasKilled() {
    var step = step();
    step.call();
    cluster.state(Phase.FAILED, 137, null, trouble("OOMKilled", "exit code 137", false));

    assertThat(failed(step.call()).reason())
        .isEqualTo(
            "build of otomato/ornithology failed with exit code 137: OOMKilled: exit code 137");
  }

  @Test
  void failsWhenItEndsWithoutADigest() {
    var step = step();
    step.call();
    cluster.state(Phase.SUCCEEDED, 0, null, null);

    assertThat(failed(step.call()).reason()).contains("no digest");
    assertThat(cluster.tasks).isEmpty();
  }

  @Test
  void failsAtOnceWhenTheClusterRefusesTheJob() {
    token = TOKEN;
    cluster.refuseStart =
        new ClusterException("namespaces \"otom8\" not found", true, new IllegalStateException());

    assertThat(failed(step().call()).reason())
        .isEqualTo(
            "build of otomato/ornithology cannot be started: namespaces \"otom8\" not found");
    assertThat(cluster.secrets).isEmpty();
  }

  @Test
  void isAFaultWhenTheClusterIsAway() {
    cluster.refuseStart = fault("connection refused");
    var step = step();

    assertThatThrownBy(step::call).isSameAs(cluster.refuseStart);

    cluster.refuseStart = null;
    assertThat(step.call()).isInstanceOf(Outcome.Wait.class);
    assertThat(cluster.started).hasSize(1);
  }

  @Test
  void showsWhyThePodDoesNotStartAndWaits() {
    var step = step();
    step.call();
    cluster.state(Phase.PENDING, null, null, trouble("FailedCreate", "exceeded quota", false));

    assertThat(waiting(step.after(Duration.ofMinutes(5)).call()).reason())
        .contains("FailedCreate: exceeded quota");
  }

  @Test
  void failsAfterAMinuteInAStateThatCountsAsFailed() {
    var step = step();
    step.call();
    cluster.state(Phase.PENDING, null, null, trouble("ImagePullBackOff", "not found", true));

    var first = waiting(step.after(Duration.ofMinutes(5)).call());
    assertThat(first.until()).isEqualTo(step.now.plusSeconds(60));
    assertThat(step.after(Duration.ofSeconds(59)).call()).isInstanceOf(Outcome.Wait.class);
    assertThat(failed(step.after(Duration.ofSeconds(1)).call()).reason())
        .isEqualTo("build of otomato/ornithology cannot start: ImagePullBackOff: not found");
    assertThat(cluster.tasks).isEmpty();
  }

  @Test
  void failsAtItsDeadlineWithWhatItSaidLast() {
    var step = step();
    step.call();
    cluster.state(Phase.RUNNING, null, null, null);
    cluster.says(step.now, "#5 compiling");

    var failed = failed(step.after(Duration.ofMinutes(15)).call());

    assertThat(failed.reason()).isEqualTo("build of otomato/ornithology is not finished after 15m");
    assertThat(failed.evidence()).containsExactly("#5 compiling");
    assertThat(step.log).contains("#5 compiling");
    assertThat(cluster.tasks).isEmpty();
  }

  @Test
  void startsNothingAfterItsDeadline() {
    var step = step();
    step.call();
    cluster.tasks.clear();

    failed(step.after(Duration.ofMinutes(15)).call());

    assertThat(cluster.started).hasSize(1);
  }

  @Test
  void stopEndsTheBuildAndKeepsItsLog() {
    token = TOKEN;
    var step = step();
    step.call();
    cluster.state(Phase.RUNNING, null, null, null);
    cluster.says(step.now, "#5 compiling");

    failed(step.stop());

    assertThat(step.log).contains("#5 compiling");
    assertThat(cluster.tasks).isEmpty();
    assertThat(cluster.secrets).isEmpty();
    failed(step.stop());
  }

  @Test
  void stopBeforeAnythingBeganHasNothingToDo() {
    assertThat(failed(step().stop()).reason()).contains("stopped");
  }

  private static PodTrouble trouble(String reason, String words, boolean fatal) {
    return new PodTrouble("pod-1", reason, words, fatal);
  }

  private static ClusterException fault(String words) {
    return new ClusterException(words, false, new IllegalStateException());
  }

  private static BuiltImage done(Outcome<BuiltImage> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done<BuiltImage>) outcome).data();
  }

  private static Outcome.Failed<BuiltImage> failed(Outcome<BuiltImage> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return (Outcome.Failed<BuiltImage>) outcome;
  }

  private static Outcome.Wait<BuiltImage> waiting(Outcome<BuiltImage> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Wait.class);
    return (Outcome.Wait<BuiltImage>) outcome;
  }
}
