package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestsTest {

  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: birds
      spec:
        selector: {matchLabels: {app: birds}}
        template:
          metadata:
            labels: {app: birds}
          spec:
            initContainers:
            - {name: migrate, image: "otomato/birds:1"}
            containers:
            - {name: birds, image: "docker.io/otomato/birds:BUILD_NUMBER"}
            - {name: proxy, image: "envoy@sha256:00"}
      """;

  @Test
  void theManifestsOfTheArticleBecomeOnesThatAClusterServes() throws IOException {
    var objects = Manifests.modern(example("orni-dep.yml"), List.of());

    assertThat(objects).extracting(KubeObject::apiVersion).containsExactly("v1", "apps/v1");
    assertThat(objects.get(1).content().get("spec"))
        .isEqualTo(
            Yaml.map(
                """
                replicas: 9
                selector: {matchLabels: {app: ornithology, production: ready}}
                template:
                  metadata:
                    labels: {app: ornithology, production: ready}
                  spec:
                    containers:
                    - name: ornithology
                      image: otomato/ornithology:BUILD_NUMBER
                      ports:
                      - containerPort: 5000
                strategy:
                  type: RollingUpdate
                  rollingUpdate: {maxSurge: 1, maxUnavailable: 1}
                minReadySeconds: 5
                """));
  }

  @Test
  void aStrategyThatIsNoRollingUpdateStaysAsItIs() throws IOException {
    var canary = Manifests.modern(example("orni-dep-canary.yml"), List.of()).get(1);

    assertThat(Json.map(canary.content(), "spec", "strategy"))
        .isEqualTo(Map.of("type", "Recreate"));
  }

  @Test
  void anOldDeploymentKeepsTheSelectorOfTheLiveOne() {
    var old = Yaml.object(DEPLOYMENT.replace("apps/v1", "extensions/v1beta1"));
    var live =
        Yaml.object(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: birds}
            spec: {selector: {matchLabels: {app: birds, tier: web}}}
            """);

    var modern = Manifests.modern(List.of(old), List.of(live)).getFirst();

    assertThat(Json.map(modern.content(), "spec", "selector", "matchLabels"))
        .isEqualTo(Map.of("app", "birds", "tier", "web"));
  }

  @Test
  void whatIsServedStaysAsItIs() {
    var object = Yaml.object(DEPLOYMENT);

    assertThat(Manifests.modern(List.of(object), List.of(object))).containsExactly(object);
  }

  @Test
  void oldIngressesNameTheirServicesInTheNewWay() {
    var old =
        Yaml.object(
            """
            apiVersion: extensions/v1beta1
            kind: Ingress
            metadata: {name: birds}
            spec:
              backend: {serviceName: birds, servicePort: http}
              rules:
              - host: birds.example
                http:
                  paths:
                  - {path: /, backend: {serviceName: birds, servicePort: 80}}
            """);

    assertThat(Manifests.modern(List.of(old), List.of()).getFirst().content())
        .isEqualTo(
            Yaml.map(
                """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: birds}
                spec:
                  defaultBackend: {service: {name: birds, port: {name: http}}}
                  rules:
                  - host: birds.example
                    http:
                      paths:
                      - path: /
                        pathType: ImplementationSpecific
                        backend: {service: {name: birds, port: {number: 80}}}
                """));
  }

  @Test
  void oldAutoscalersOfResourcesAreRewritten() {
    var old =
        Yaml.object(
            """
            apiVersion: autoscaling/v2beta1
            kind: HorizontalPodAutoscaler
            metadata: {name: birds}
            spec:
              metrics:
              - {type: Resource, resource: {name: cpu, targetAverageUtilization: 80}}
            """);

    assertThat(Manifests.modern(List.of(old), List.of()).getFirst().content())
        .isEqualTo(
            Yaml.map(
                """
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: birds}
                spec:
                  metrics:
                  - type: Resource
                    resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
                """));
  }

  @Test
  void anEmptySelectorOfAnOldDisruptionBudgetStillMeansNoPods() {
    var old =
        Yaml.object(
            """
            apiVersion: policy/v1beta1
            kind: PodDisruptionBudget
            metadata: {name: birds}
            spec: {minAvailable: 1, selector: {}}
            """);

    assertThat(Manifests.modern(List.of(old), List.of()).getFirst().content())
        .containsEntry("apiVersion", "policy/v1")
        .containsEntry("spec", Map.of("minAvailable", 1));
  }

  @ParameterizedTest
  @CsvSource({
    "batch/v1beta1, CronJob, batch/v1",
    "autoscaling/v2beta2, HorizontalPodAutoscaler, autoscaling/v2",
    "extensions/v1beta1, NetworkPolicy, networking.k8s.io/v1",
    "apps/v1beta2, StatefulSet, apps/v1",
    "apps/v1beta1, Deployment, apps/v1",
  })
  void otherOldVersionsAreRenamed(String old, String kind, String now) {
    var object =
        Yaml.object("{apiVersion: %s, kind: %s, metadata: {name: x}}".formatted(old, kind));

    assertThat(Manifests.modern(List.of(object), List.of()).getFirst().apiVersion()).isEqualTo(now);
  }

  @Test
  void aPlaceholderIsReplacedInsideOfStringsOnly() {
    var object =
        Yaml.object("{image: 'a:BUILD_NUMBER', n: 1, list: [BUILD_NUMBER, {x: BUILD_NUMBER}]}");

    assertThat(Manifests.withText(List.of(object), "BUILD_NUMBER", "12e4567").getFirst().content())
        .isEqualTo(
            Map.of(
                "image", "a:12e4567", "n", 1, "list", List.of("12e4567", Map.of("x", "12e4567"))));
  }

  @Test
  void labelsGoOnTheObjectAndNeverOnItsPods() {
    var object = Yaml.object(DEPLOYMENT);

    var labelled = Manifests.withLabels(List.of(object), Map.of("aviary.io/run", "7")).getFirst();

    assertThat(Json.map(labelled.content(), "metadata", "labels"))
        .isEqualTo(Map.of("aviary.io/run", "7"));
    assertThat(labelled.content().get("spec")).isEqualTo(object.content().get("spec"));
    assertThat(object).as("what came in").isEqualTo(Yaml.object(DEPLOYMENT));
  }

  @Test
  void imagesAreReplacedWhateverTheirTag() {
    var pinned =
        Manifests.withImages(
                Yaml.objects(DEPLOYMENT), Map.of("otomato/birds", "r:5000/otomato/birds@sha256:11"))
            .getFirst();

    assertThat(Manifests.imageNames(List.of(pinned)))
        .containsExactly("envoy", "r:5000/otomato/birds");
    assertThat(Json.list(pinned.content(), "spec", "template", "spec", "initContainers"))
        .containsExactly(Map.of("name", "migrate", "image", "r:5000/otomato/birds@sha256:11"));
    assertThat(Json.list(pinned.content(), "spec", "template", "spec", "containers"))
        .containsExactly(
            Map.of("name", "birds", "image", "r:5000/otomato/birds@sha256:11"),
            Map.of("name", "proxy", "image", "envoy@sha256:00"));
  }

  @Test
  void cronJobsAndPodsHaveImagesToo() {
    var objects =
        Yaml.objects(
            """
            kind: Pod
            spec: {containers: [{name: a, image: birds}]}
            ---
            kind: CronJob
            spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: bees}]}}}}}
            ---
            kind: Service
            spec: {ports: []}
            """);

    assertThat(Manifests.imageNames(objects)).containsExactly("bees", "birds");
  }

  @ParameterizedTest
  @CsvSource({
    "busybox, busybox",
    "docker.io/library/busybox:1, busybox",
    "index.docker.io/otomato/birds@sha256:00, otomato/birds",
    "10.40.0.1:5000/otomato/birds, 10.40.0.1:5000/otomato/birds",
    "10.40.0.1:5000/otomato/birds:1@sha256:00, 10.40.0.1:5000/otomato/birds",
  })
  void anImagesNameHasNeitherTagNorDigest(String image, String name) {
    assertThat(Manifests.imageName(image)).isEqualTo(name);
  }

  @Test
  void aPullSecretIsNamedOnce() {
    var once = Manifests.withPullSecret(Yaml.objects(DEPLOYMENT), "registry");
    var twice = Manifests.withPullSecret(once, "registry");

    assertThat(twice).isEqualTo(once);
    assertThat(Json.list(once.getFirst().content(), "spec", "template", "spec", "imagePullSecrets"))
        .containsExactly(Map.of("name", "registry"));
  }

  private static List<KubeObject> example(String file) throws IOException {
    return Yaml.objects(Files.readString(Path.of("examples/ornithology", file)));
  }
}
