package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aviary.kubernetes.Cluster.Applied;
import io.aviary.kubernetes.Cluster.LogLine;
import io.aviary.kubernetes.Cluster.PodTrouble;
import io.aviary.kubernetes.Cluster.Rollout;
import io.aviary.kubernetes.Cluster.SecretKey;
import io.aviary.kubernetes.Cluster.TaskSpec;
import io.aviary.kubernetes.Cluster.TaskState;
import io.aviary.kubernetes.Cluster.TaskState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every cluster does, real or simulated. */
abstract class ClusterContract {

  static final String IMAGE = "busybox:stable";

  /** A run that is interested in the namespace. */
  static final long RUN = 7;

  abstract Cluster cluster();

  /** One that is there and empty at first. */
  abstract String namespace();

  /** How often {@link #RUN} was woken. */
  abstract int wakes();

  // ---- objects

  @Test
  void appliesFindsListsAndDeletesObjects() {
    var labels = Names.labels("birds", 12);
    var objects =
        Manifests.withLabels(
            Yaml.objects(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: objects}
                data: {bird: owl}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: objects}
                spec: {selector: {app: objects}, ports: [{port: 80}]}
                """),
            labels);

    var applied = cluster().apply(namespace(), objects);
    assertThat(applied).extracting(Applied::created).containsExactly(true, true);
    assertThat(cluster().apply(namespace(), objects))
        .extracting(Applied::created)
        .containsExactly(false, false);

    var map = applied.getFirst().ref();
    assertThat(map.uid()).isNotNull();
    assertThat(cluster().find(namespace(), "v1", "ConfigMap", "objects")).contains(map);
    assertThat(cluster().list(namespace(), List.of("v1/ConfigMap", "v1/Service"), labels))
        .containsExactlyElementsOf(applied.stream().map(Applied::ref).toList());
    assertThat(cluster().selector(namespace(), "objects")).contains(Map.of("app", "objects"));

    cluster().delete(new ObjectRef("v1", "ConfigMap", namespace(), "objects", "another-uid"));
    assertThat(cluster().find(namespace(), "v1", "ConfigMap", "objects")).contains(map);
    cluster().delete(map);
    assertThat(cluster().find(namespace(), "v1", "ConfigMap", "objects")).isEmpty();
    cluster().delete(map);
  }

  @Test
  void theLiveObjectCanBeAppliedAgain() {
    var service =
        Yaml.object(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: live, labels: {app: live}}
            spec: {type: NodePort, selector: {app: live}, ports: [{port: 80}]}
            """);
    var ref = cluster().apply(namespace(), List.of(service)).getFirst().ref();

    var live = cluster().live(ref).orElseThrow();

    assertThat(Json.map(live.content(), "metadata").keySet())
        .containsExactlyInAnyOrder("name", "namespace", "labels");
    assertThat(live.content()).doesNotContainKey("status");
    assertThat(Json.map(live.content(), "spec")).doesNotContainKeys("clusterIP", "clusterIPs");
    cluster().delete(ref);
    assertThat(cluster().apply(namespace(), List.of(live)).getFirst().created()).isTrue();
  }

  @Test
  void aNamespaceThatIsNotThereIsARejection() {
    var map = Yaml.objects("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");

    assertThatThrownBy(() -> cluster().apply("t-kube-nowhere", map))
        .isInstanceOfSatisfying(ClusterException.class, e -> assertThat(e.isRejection()).isTrue())
        .hasMessageContaining("\"t-kube-nowhere\" not found");
  }

  @Test
  void updatesWhatIsThere() {
    var map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: update}, data: {a: '1', b: '2'}}";
    var ref = cluster().apply(namespace(), Yaml.objects(map)).getFirst().ref();
    var calls = new AtomicInteger();

    var updated =
        update(
            "update",
            content -> {
              if (calls.incrementAndGet() == 1) { // somebody is faster
                cluster().apply(namespace(), Yaml.objects(map.replace("'1'", "'3'")));
              }
              Json.child(content, "data").put("b", "4");
              return content;
            });

    assertThat(updated).isPresent();
    assertThat(calls).hasValue(2);
    assertThat(Json.map(cluster().live(ref).orElseThrow().content(), "data"))
        .isEqualTo(Map.of("a", "3", "b", "4"));
    assertThat(update("none", content -> content)).isEmpty();
    assertThat(
            update(
                "update",
                content -> {
                  cluster().delete(ref); // somebody is faster again
                  Json.child(content, "data").put("b", "5");
                  return content;
                }))
        .isEmpty();
  }

  private Optional<KubeObject> update(String map, UnaryOperator<Map<String, Object>> change) {
    return cluster().update(namespace(), "v1", "ConfigMap", map, change);
  }

  @Test
  void keepsSecrets() {
    assertThat(cluster().secret(namespace(), "secret")).isEmpty();

    cluster().putSecret(namespace(), "secret", Map.of("a", "ä\n", "b", "2"), Map.of("x", "y"));
    cluster().putSecret(namespace(), "secret", Map.of("a", "ä\n", "c", ""), Map.of("x", "y"));

    assertThat(cluster().secret(namespace(), "secret")).contains(Map.of("a", "ä\n", "c", ""));
    assertThat(cluster().list(namespace(), List.of("v1/Secret"), Map.of("x", "y"))).hasSize(1);
  }

  @Test
  void tellsVersionAndAddress() {
    assertThat(cluster().describe()).matches("Kubernetes v1\\..* at https?://.*");
  }

  // ---- roll-outs and pods

  @Test
  void followsARollOutToItsEnd() {
    var service =
        "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web},"
            + " ports: [{port: 8080}]}}";
    var deployment =
        deployment("web", "replicas: 2", "readinessProbe: {httpGet: {path: /, port: 8080}}");
    cluster().apply(namespace(), List.of(Yaml.object(service), deployment));

    var done = complete("web");
    assertThat(done.progress()).isEqualTo("2 of 2 pods ready");
    assertThat(done.troubles()).isEmpty();
    assertThat(done.pods())
        .hasSize(2)
        .allSatisfy(
            pod -> {
              assertThat(pod.ready()).isTrue();
              assertThat(pod.startedAt()).isNotNull();
              assertThat(pod.labels()).containsEntry("app", "web");
              assertThat(pod.images().get("main")).contains("@sha256:");
            });
    var names = done.pods().stream().map(Cluster.Pod::name).sorted().toList();
    await()
        .untilAsserted(
            () -> assertThat(cluster().readyEndpoints(namespace(), "web")).isEqualTo(names));

    cluster().scale(namespace(), "none", 1);
    cluster().scale(namespace(), "web", 1);
    assertThat(complete("web").pods()).hasSize(1);
    await()
        .untilAsserted(() -> assertThat(cluster().readyEndpoints(namespace(), "web")).hasSize(1));
    assertThat(cluster().podsOf(namespace(), "web")).isNotEmpty();
    assertThat(cluster().rollout(namespace(), "none")).isEmpty();
    assertThat(cluster().podsOf(namespace(), "none")).isEmpty();
    assertThat(cluster().selector(namespace(), "none")).isEmpty();
    assertThat(cluster().readyEndpoints(namespace(), "none")).isEmpty();
  }

  @Test
  void labelsPodsWithoutReplacingThem() {
    cluster().apply(namespace(), List.of(deployment("labels", "", "")));
    var pod = complete("labels").pods().getFirst();
    Map<String, @Nullable String> labels = new HashMap<>();
    labels.put("production", "ready");

    assertThat(cluster().labelPod(namespace(), pod.name(), labels)).isTrue();
    assertThat(onlyPod("labels").labels()).containsEntry("production", "ready");
    assertThat(onlyPod("labels").uid()).isEqualTo(pod.uid());

    labels.put("production", null);
    assertThat(cluster().labelPod(namespace(), pod.name(), labels)).isTrue();
    assertThat(onlyPod("labels").labels()).doesNotContainKey("production");
    assertThat(cluster().labelPod(namespace(), "none", labels)).isFalse();
  }

  @Test
  void quotesWhyAnImageIsNotPulled() {
    cluster().apply(namespace(), List.of(deployment("nopull", "", "", "busybox:no-such-tag")));

    assertThat(trouble("nopull", "ErrImagePull", "ImagePullBackOff"))
        .satisfies(
            trouble -> {
              assertThat(trouble.fatal()).isTrue();
              assertThat(trouble.words()).contains("busybox:no-such-tag");
            });
  }

  @Test
  void quotesTheLogOfACrash() {
    cluster()
        .apply(
            namespace(),
            List.of(deployment("crash", "", "args: ['-c', 'echo no bird found; exit 3']")));

    assertThat(trouble("crash", "CrashLoopBackOff"))
        .satisfies(
            trouble -> {
              assertThat(trouble.fatal()).isTrue();
              assertThat(trouble.words()).contains("exit code 3").contains("no bird found");
            });
  }

  @Test
  void quotesWhyAPodIsNotScheduled() {
    cluster()
        .apply(
            namespace(),
            List.of(deployment("unplaced", "", "resources: {requests: {cpu: '1000'}}")));

    assertThat(trouble("unplaced", "Unschedulable"))
        .satisfies(
            trouble -> {
              assertThat(trouble.fatal()).isFalse();
              assertThat(trouble.words()).contains("nodes are available").contains("cpu");
            });
  }

  @Test
  void quotesAFailingProbe() {
    cluster()
        .apply(
            namespace(),
            List.of(
                deployment(
                    "unready",
                    "",
                    "readinessProbe: {periodSeconds: 1, httpGet: {path: /none, port: 8080}}")));

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(rollout("unready").troubles())
                    .singleElement()
                    .satisfies(
                        trouble -> {
                          assertThat(trouble.reason()).isEqualTo("Unready");
                          assertThat(trouble.words())
                              .contains("Readiness probe failed")
                              .contains("404");
                        }));
    assertThat(rollout("unready").progress()).isEqualTo("0 of 1 pods ready");
  }

  // ---- tasks

  @Test
  void aJobThatSucceeds() {
    var command = "echo one; echo two >&2; echo -n done > /dev/termination-log; touch /scratch/x";
    cluster().putSecret(namespace(), "task-secret", Map.of("k", "hush"), Map.of());
    var spec = task("good", true, command + "; test \"$S\" = hush && test -r /secret/k");

    assertThat(cluster().start(spec).phase()).isEqualTo(Phase.PENDING);
    var ended = ended("good");

    assertThat(ended.phase()).isEqualTo(Phase.SUCCEEDED);
    assertThat(ended.exitCode()).isZero();
    assertThat(ended.message()).isEqualTo("done");
    assertThat(ended.trouble()).isNull();
    assertThat(ended.startedAt()).isNotNull();
    assertThat(ended.finishedAt()).isNotNull();
    assertThat(log("good", null)).extracting(LogLine::text).containsExactlyInAnyOrder("one", "two");
    assertThat(cluster().start(spec)).as("adopted").isEqualTo(ended);
    assertThat(cluster().list(namespace(), List.of("batch/v1/Job", "v1/Pod"), spec.labels()))
        .hasSize(2);

    cluster().removeTask(namespace(), "good");
    await().until(() -> cluster().task(namespace(), "good").isEmpty());
    cluster().removeTask(namespace(), "good");
  }

  @Test
  void aPodThatFails() {
    cluster().start(task("bad", false, "echo a; sleep 0.1; echo b; exit 4"));

    var ended = ended("bad");

    assertThat(ended.phase()).isEqualTo(Phase.FAILED);
    assertThat(ended.exitCode()).isEqualTo(4);
    var lines = log("bad", null);
    assertThat(lines).extracting(LogLine::text).containsExactly("a", "b");
    assertThat(log("bad", lines.getFirst().at())).containsExactly(lines.get(1));
    assertThat(log("bad", lines.get(1).at())).isEmpty();
    cluster().removeTask(namespace(), "bad");
  }

  @Test
  void aTaskThatTakesTooLongIsEndedByTheClusterAndKeepsItsLog() {
    cluster().start(task("slow", true, "echo still here; exec sleep 100", Duration.ofSeconds(2)));

    var ended = ended("slow");

    assertThat(ended.phase()).isEqualTo(Phase.FAILED);
    assertThat(ended.exitCode()).isNull();
    assertThat(ended.trouble()).isNotNull();
    assertThat(ended.trouble().reason()).isEqualTo("DeadlineExceeded");
    assertThat(log("slow", null)).extracting(LogLine::text).containsExactly("still here");
  }

  @Test
  void aTaskWhoseImageIsMissingSaysSo() {
    cluster().start(task("noimage", true, "true", "busybox:no-such-tag"));

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(cluster().task(namespace(), "noimage").orElseThrow().trouble())
                    .isNotNull()
                    .satisfies(
                        trouble -> {
                          assertThat(trouble.reason()).matches("ErrImagePull|ImagePullBackOff");
                          assertThat(trouble.fatal()).isTrue();
                        }));
    assertThat(log("noimage", null)).isEmpty();
    cluster().removeTask(namespace(), "noimage");
  }

  // ---- events

  @Test
  void wakesARunThatIsInterested() {
    var name = "watched";
    cluster().apply(namespace(), List.of(deployment(name, "", "")));
    var pod = complete(name).pods().getFirst().name();
    cluster().watch(namespace(), RUN);
    // The watch is there once a change is answered by a wake, and then each one is, soon.
    await().until(() -> isWokenBy(() -> label(pod), Duration.ofMillis(500)));
    for (int i = 0; i < 10; i++) {
      await().atMost(Duration.ofSeconds(10)).until(this::isQuiet);
      assertThat(isWokenBy(() -> label(pod), Duration.ofMillis(500))).isTrue();
    }
  }

  private void label(String pod) {
    cluster().labelPod(namespace(), pod, Map.of("changed", String.valueOf(System.nanoTime())));
  }

  private boolean isWokenBy(Runnable change, Duration within) {
    int before = wakes();
    change.run();
    try {
      await().pollInterval(Duration.ofMillis(5)).atMost(within).until(() -> wakes() > before);
      return true;
    } catch (ConditionTimeoutException e) {
      return false;
    }
  }

  private boolean isQuiet() {
    int before = wakes();
    await().pollDelay(Duration.ofMillis(300)).until(() -> true);
    return wakes() == before;
  }

  // ---- helpers

  /** A Deployment of one container that serves an empty folder, unless it is told otherwise. */
  static KubeObject deployment(String name, String spec, String container) {
    return deployment(name, spec, container, IMAGE);
  }

  static KubeObject deployment(String name, String spec, String container, String image) {
    return Yaml.object(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: NAME
        spec:
          SPEC
          selector: {matchLabels: {app: NAME}}
          template:
            metadata:
              labels: {app: NAME}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: main
                image: IMAGE
                command: [sh]
                CONTAINER
        """
            .replace("NAME", name)
            .replace("SPEC", spec)
            .replace("IMAGE", image)
            .replace(
                "CONTAINER",
                container.contains("args:")
                    ? container
                    : "args: ['-c', 'mkdir -p /www; touch /www/index.html; exec httpd -f -p 8080 -h /www']\n        "
                        + container));
  }

  static Map<String, String> taskLabels(String name) {
    return Map.of("aviary.io/run", "12", "test", name);
  }

  TaskSpec task(String name, boolean asJob, String script) {
    return task(name, asJob, script, IMAGE, Duration.ofMinutes(1));
  }

  TaskSpec task(String name, boolean asJob, String script, String image) {
    return task(name, asJob, script, image, Duration.ofMinutes(1));
  }

  TaskSpec task(String name, boolean asJob, String script, Duration deadline) {
    return task(name, asJob, script, IMAGE, deadline);
  }

  private TaskSpec task(
      String name, boolean asJob, String script, String image, Duration deadline) {
    boolean withSecret = script.contains("$S");
    return new TaskSpec(
        namespace(),
        name,
        asJob,
        image,
        List.of("sh", "-c"),
        List.of(script),
        Map.of("A", "b"),
        withSecret ? Map.of("S", new SecretKey("task-secret", "k")) : Map.of(),
        withSecret ? Map.of("/secret", "task-secret") : Map.of(),
        List.of("/scratch"),
        Map.of("memory", "64Mi"),
        Map.of("cpu", "10m"),
        null,
        Map.of(),
        null,
        false,
        false,
        deadline,
        taskLabels(name));
  }

  Rollout rollout(String deployment) {
    return cluster().rollout(namespace(), deployment).orElseThrow();
  }

  Rollout complete(String deployment) {
    return await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> rollout(deployment), Rollout::complete);
  }

  private PodTrouble trouble(String deployment, String... reasons) {
    var found = new AtomicReference<@Nullable PodTrouble>();
    await()
        .atMost(Duration.ofSeconds(40))
        .until(
            () -> {
              rollout(deployment).troubles().stream()
                  .filter(trouble -> List.of(reasons).contains(trouble.reason()))
                  .findFirst()
                  .ifPresent(found::set);
              return found.get() != null;
            });
    assertThat(rollout(deployment).complete()).isFalse();
    return Objects.requireNonNull(found.get());
  }

  private Cluster.Pod onlyPod(String deployment) {
    return cluster().podsOf(namespace(), deployment).getFirst();
  }

  private TaskState ended(String name) {
    return await()
        .atMost(Duration.ofSeconds(40))
        .until(
            () -> cluster().task(namespace(), name).orElseThrow(),
            state -> state.phase() == Phase.SUCCEEDED || state.phase() == Phase.FAILED);
  }

  private List<LogLine> log(String name, @Nullable Instant since) {
    List<LogLine> lines = new ArrayList<>();
    cluster().taskLog(namespace(), name, since, lines::add);
    return lines;
  }
}
