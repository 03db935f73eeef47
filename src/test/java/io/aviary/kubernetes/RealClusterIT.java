package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aviary.release.masking.Masking;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The contract on the cluster that {@code TEST_KUBECONFIG} names, and what only a real one does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealClusterIT extends ClusterContract {

  private final String namespace =
      "t-kube-" + Integer.toHexString(ThreadLocalRandom.current().nextInt() | 0x10000000);
  private final AtomicInteger wakes = new AtomicInteger();
  private final Fabric8Clusters clusters = clusters();
  private final KubernetesClient admin = admin();
  private final Api api = new Api(admin);

  @BeforeAll
  void makeNamespace() {
    admin
        .namespaces()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
  }

  @AfterAll
  void removeNamespace() {
    admin.namespaces().withName(namespace).delete();
    admin.close();
    clusters.close();
  }

  @Override
  Cluster cluster() {
    return clusters.cluster(null);
  }

  @Override
  String namespace() {
    return namespace;
  }

  @Override
  int wakes() {
    return wakes.get();
  }

  @Test
  void anObjectThatTheServerDoesNotTakeIsARejection() {
    assertRejected(
            "{apiVersion: v1, kind: Service, metadata: {name: bad}, spec: {ports: [{port: 0}]}}")
        .hasMessageContaining("Service bad")
        .hasMessageContaining(namespace)
        .hasMessageContaining("spec.ports[0].port");
    assertRejected("{apiVersion: apps/v1beta1, kind: Deployment, metadata: {name: old}}")
        .hasMessageContaining("serves no Deployment of apps/v1beta1");
    assertRejected("{apiVersion: v1, kind: Service, metadata: {name: typo}, spec: {port: []}}")
        .hasMessageContaining("spec.port")
        .hasMessageContaining("field not declared");
    assertRejected("{apiVersion: v1, kind: Namespace, metadata: {name: other}}")
        .hasMessageContaining("not a namespaced kind");
  }

  @Test
  void checksAllObjectsWithoutChangingAnything() {
    var objects =
        Yaml.objects(
            """
            {apiVersion: v1, kind: ConfigMap, metadata: {name: checked}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: checked}, spec: {ports: [{port: 0}]}}
            ---
            {apiVersion: apps/v1beta1, kind: Deployment, metadata: {name: checked}}
            """);

    assertThat(cluster().check(namespace, objects))
        .satisfiesExactly(
            words -> assertThat(words).contains("Service checked").contains("spec.ports[0].port"),
            words -> assertThat(words).contains("serves no Deployment of apps/v1beta1"));
    assertThat(cluster().check(namespace, objects.subList(0, 1))).isEmpty();
    assertThat(cluster().find(namespace, "v1", "ConfigMap", "checked")).isEmpty();
  }

  @Test
  void aFieldThatLeavesTheManifestLeavesTheObject() {
    var map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: leaves}, data: {a: '1', b: '2'}}";
    var ref = cluster().apply(namespace, Yaml.objects(map)).getFirst().ref();

    cluster().apply(namespace, Yaml.objects(map.replace(", b: '2'", "")));

    assertThat(data(ref)).isEqualTo(Map.of("a", "1"));
  }

  @Test
  void whatKubectlAppliedIsTakenOver() {
    var ref = appliedByKubectl("kubectl", "{a: '1', b: '2'}");
    cluster()
        .apply(
            namespace,
            Yaml.objects(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: kubectl}, data: {a: '1'}}"));

    assertThat(data(ref)).isEqualTo(Map.of("a", "1"));
    var live = api.get(configMap("kubectl"), "look").orElseThrow();
    assertThat(Json.list(live, "metadata", "managedFields"))
        .extracting(entry -> Json.text(entry, "manager"))
        .containsExactly("aviary");
    assertThat(Json.map(live, "metadata", "annotations")).isEmpty();
  }

  @Test
  void takingOverReplacesNoPods() {
    var deployment = deployment("kept", "", "");
    var path = "/apis/apps/v1/namespaces/" + namespace + "/deployments";
    var byKubectl = Json.copy(deployment.content());
    Json.child(Json.child(byKubectl, "metadata"), "annotations")
        .put(FieldOwnership.LAST_APPLIED, "{}");
    api.write("POST", kubectl(path), Api.Body.OBJECT, byKubectl, "create");
    var before = complete("kept");

    var applied = cluster().apply(namespace, List.of(deployment)).getFirst();

    assertThat(applied.created()).isFalse();
    assertThat(complete("kept").pods()).isEqualTo(before.pods());
  }

  @Test
  void whatOthersSetStays() {
    var map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: others}, data: {a: '1'}}";
    var ref = cluster().apply(namespace, Yaml.objects(map)).getFirst().ref();
    api.write(
        "PATCH",
        Api.query(configMap("others"), Map.of("fieldManager", "somebody")),
        Api.Body.MERGE,
        Map.of("data", Map.of("theirs", "x")),
        "patch");

    cluster().apply(namespace, Yaml.objects(map.replace("'1'", "'2'")));

    assertThat(data(ref)).isEqualTo(Map.of("a", "2", "theirs", "x"));
  }

  @Test
  void replicasAreHandedOverToAnAutoscaler() {
    var deployment = deployment("scaled", "replicas: 1", "");
    var ref = cluster().apply(namespace, List.of(deployment)).getFirst().ref();
    var autoscaler =
        Yaml.object(
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: scaled}
            spec:
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: scaled}
              minReplicas: 3
              maxReplicas: 4
              metrics:
              - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}
            """);

    // The autoscaler comes with the same manifests: what is live (1) is kept, not asked for.
    cluster().apply(namespace, List.of(deployment("scaled", "replicas: 2", ""), autoscaler));
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(() -> assertThat(replicas(ref)).as("set by the autoscaler").isEqualTo(3));

    cluster().apply(namespace, List.of(deployment("scaled", "replicas: 2", "")));
    assertThat(replicas(ref)).isEqualTo(3);
    cluster().apply(namespace, List.of(deployment("scaled", "", "")));
    assertThat(replicas(ref)).isEqualTo(3);
  }

  @Test
  void aServiceWithoutPodsHasNoEndpoints() {
    cluster()
        .apply(
            namespace,
            Yaml.objects(
                "{apiVersion: v1, kind: Service, metadata: {name: lonely}, spec: {selector: {app:"
                    + " none}, ports: [{port: 80}]}}"));
    await()
        .until(
            () ->
                !cluster()
                    .list(
                        namespace,
                        List.of("discovery.k8s.io/v1/EndpointSlice"),
                        Map.of("kubernetes.io/service-name", "lonely"))
                    .isEmpty());
    assertThat(cluster().readyEndpoints(namespace, "lonely")).isEmpty();
  }

  @Test
  void aQuotaThatStopsPodsIsQuoted() {
    var other = namespace + "-quota";
    admin
        .namespaces()
        .resource(new NamespaceBuilder().withNewMetadata().withName(other).endMetadata().build())
        .create();
    try {
      cluster()
          .apply(
              other,
              Yaml.objects(
                  "{apiVersion: v1, kind: ResourceQuota, metadata: {name: none}, spec: {hard:"
                      + " {pods: '0'}}}"));
      await()
          .until(
              () ->
                  cluster().find(other, "v1", "ResourceQuota", "none").isPresent()
                      && !Json.map(
                              api.get(
                                      "/api/v1/namespaces/" + other + "/resourcequotas/none",
                                      "look")
                                  .orElseThrow(),
                              "status",
                              "hard")
                          .isEmpty());
      cluster().apply(other, List.of(deployment("birds", "", "")));
      await()
          .untilAsserted(
              () ->
                  assertThat(cluster().rollout(other, "birds").orElseThrow().troubles())
                      .singleElement()
                      .satisfies(
                          trouble -> {
                            assertThat(trouble.reason()).isEqualTo("FailedCreate");
                            assertThat(trouble.words()).contains("exceeded quota: none");
                          }));
      var spec = task("job", true, "true");
      cluster().start(inNamespace(spec, other));
      await()
          .untilAsserted(
              () ->
                  assertThat(cluster().task(other, "job").orElseThrow().trouble())
                      .isNotNull()
                      .satisfies(
                          trouble -> assertThat(trouble.words()).contains("exceeded quota: none")));
    } finally {
      admin.namespaces().withName(other).delete();
    }
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRejected(String yaml) {
    return assertThatThrownBy(() -> cluster().apply(namespace, Yaml.objects(yaml)))
        .isInstanceOfSatisfying(ClusterException.class, e -> assertThat(e.isRejection()).isTrue());
  }

  private static Cluster.TaskSpec inNamespace(Cluster.TaskSpec spec, String namespace) {
    return new Cluster.TaskSpec(
        namespace,
        spec.name(),
        spec.asJob(),
        spec.image(),
        spec.command(),
        spec.args(),
        spec.env(),
        spec.secretEnv(),
        spec.secretMounts(),
        spec.scratch(),
        spec.limits(),
        spec.requests(),
        spec.serviceAccount(),
        spec.nodeSelector(),
        spec.imagePullSecret(),
        spec.privileged(),
        spec.seccompUnconfined(),
        spec.deadline(),
        spec.labels());
  }

  /** As {@code kubectl apply} without {@code --server-side} leaves it. */
  private ObjectRef appliedByKubectl(String name, String data) {
    var object =
        Yaml.map(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: NAME
              annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}
            data: DATA
            """
                .replace("NAME", name)
                .replace("DATA", data));
    var path = "/api/v1/namespaces/" + namespace + "/configmaps";
    return LiveObjects.ref(
        api.write("POST", kubectl(path), Api.Body.OBJECT, object, "create").object());
  }

  private static String kubectl(String path) {
    return Api.query(path, Map.of("fieldManager", "kubectl-client-side-apply"));
  }

  private String configMap(String name) {
    return "/api/v1/namespaces/" + namespace + "/configmaps/" + name;
  }

  private Map<String, Object> data(ObjectRef ref) {
    return Json.map(cluster().live(ref).orElseThrow().content(), "data");
  }

  private Object replicas(ObjectRef deployment) {
    return Json.map(cluster().live(deployment).orElseThrow().content(), "spec")
        .getOrDefault("replicas", "none");
  }

  private Fabric8Clusters clusters() {
    return new Fabric8Clusters(
        () ->
            run -> {
              if (run == RUN) {
                wakes.incrementAndGet();
              }
            },
        new Masking(List.of()),
        RealCluster.kubeconfig());
  }

  private static KubernetesClient admin() {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(RealCluster.kubeconfig().toFile()))
        .build();
  }
}
