package io.aviary.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.gates.MetricsServer;
import io.aviary.gates.MetricsServer.Answer;
import io.aviary.gates.MetricsServer.Series;
import io.aviary.pipeline.ProposedRelease.Namespace;
import io.aviary.source.DefinitionReader;
import io.aviary.source.FakeCheckout;
import io.aviary.source.RepositoryLook;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is proposed to whom. */
class ProposedReleaseTest {

  private static final Namespace EMPTY = new Namespace("birds", Map.of(), Map.of());
  private static final KnownMetrics.Found NOTHING = new KnownMetrics.None("nobody counts requests");

  private static final String APP =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: birds}
      spec: {selector: {app: birds}, ports: [{port: 80}]}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: birds}
      spec:
        replicas: 9
        selector: {matchLabels: {app: birds}}
        template:
          metadata: {labels: {app: birds}}
          spec: {containers: [{name: birds, image: "example/birds:1"}]}
      """;

  private record Proposed(String text, List<String> assumptions, List<String> open) {}

  private static Proposed proposed(
      FakeCheckout commit, Namespace namespace, KnownMetrics.Found metrics) {
    var release = new ProposedRelease(RepositoryLook.at(commit), namespace);
    var text = release.text("2a034bf", release.production(), metrics);
    return new Proposed(text, release.assumptions(), release.open());
  }

  private static void assertReads(Proposed proposed) {
    assertThat(DefinitionReader.read("aviary.yml", proposed.text()))
        .as(proposed.text())
        .isInstanceOf(DefinitionReader.Read.class);
  }

  @Test
  void theExampleOfTheArticleIsUnderstoodButForItsTests() {
    var proposed =
        proposed(
            FakeCheckout.of(Path.of("examples/ornithology")).delete("aviary.yml"),
            new Namespace("otom8", Map.of("ornithology", 9), Map.of()),
            NOTHING);

    assertReads(proposed);
    assertThat(proposed.text())
        .isEqualTo(
            """
            # How each commit is released, as proposed for commit 2a034bf.
            images:
              app:
                name: otomato/ornithology
                args: {VERSION: $SHORT_REVISION}
              test:
                name: otomato/ornithology-test
                dockerfile: Dockerfile.test
                args: {VERSION: $SHORT_REVISION}
            canary:
              manifests: [orni-dep-canary.yml]
              gates:
                - name: testCanary
                  test: {image: test, command: [/path/of/the/test]}
                - name: look
                  traffic: 10
                  hold: 10m
                  approval: {timeout: 24h}
            production:
              manifests: [orni-dep.yml]
            """);
    assertThat(proposed.assumptions())
        .contains("Deployment ornithology is live in namespace otom8 with 9 replicas");
    assertThat(proposed.open())
        .anySatisfy(
            one ->
                assertThat(one)
                    .startsWith("say in canary.gates[0].test.command what tests the canary")
                    .contains("tests/it/canarytest.sh"))
        .anySatisfy(one -> assertThat(one).contains("aviary import codefresh"));
  }

  @Test
  void oneManifestIsEnoughAndItsMetricsWatchTheCanary() {
    var proposed =
        proposed(
            new FakeCheckout().write("Dockerfile", "FROM scratch\n").write("k8s/birds.yml", APP),
            new Namespace("birds", Map.of("birds", 4), Map.of()),
            new KnownMetrics.Some(
                new KnownMetrics(
                    "http_requests_total", "code", "http_request_duration_seconds_bucket")));

    assertReads(proposed);
    assertThat(proposed.text())
        .contains("    name: example/birds\n")
        .doesNotContain("  manifests: [k8s/birds-canary")
        .as("1 of 4 + 1 + its baseline's, 2 of 4 + 2 + 2")
        .contains("traffic: 17")
        .contains("traffic: 25")
        .contains("all: sum(increase(http_requests_total{pod=~\"$PODS\"}[$WINDOW]))")
        .contains("rate(http_request_duration_seconds_bucket{pod=~\"$PODS\"}[$WINDOW])")
        .contains("manifests: [k8s/birds.yml]");
    assertThat(proposed.assumptions())
        .contains("the canary is derived from production's manifests");
    assertThat(proposed.open()).isEmpty();
  }

  @Test
  void ofSeveralPlacesThatOneIsProductionsWhichIsLive() {
    var commit =
        new FakeCheckout()
            .write("Dockerfile", "FROM scratch\nCMD run\n")
            .write("deploy/dev/birds.yml", APP.replace("name: birds}", "name: birds-dev}"))
            .write("deploy/live/birds.yml", APP);

    var proposed = proposed(commit, new Namespace("birds", Map.of("birds", 9), Map.of()), NOTHING);
    assertThat(proposed.text()).contains("manifests: [deploy/live/birds.yml]");
    assertThat(proposed.assumptions())
        .contains("production's manifests are those in deploy/live, not those in deploy/dev");
  }

  @Test
  void ofSeveralDeploymentsThatOneGetsACanaryWhichIsBuiltHere() {
    var commit =
        new FakeCheckout()
            .write("services/birds/Dockerfile", "ARG GIT_SHA\n")
            .write("services/eggs/Dockerfile", "FROM scratch\n")
            .write(
                "all.yml",
                APP.replace("name: birds", "name: cache").replace("example/birds", "redis")
                    + "---\n"
                    + APP);

    var proposed = proposed(commit, EMPTY, NOTHING);

    assertReads(proposed);
    assertThat(proposed.text())
        .contains("  deployment: birds\n")
        .contains("    context: services/birds\n    args: {GIT_SHA: $REVISION}\n");
    assertThat(proposed.assumptions())
        .contains("of the Deployments cache, birds it is birds that gets a canary");
  }

  @Test
  void anImageThatNobodyBuildsHereIsWaitedFor() {
    var proposed = proposed(new FakeCheckout().write("birds.yml", APP), EMPTY, NOTHING);

    assertReads(proposed);
    assertThat(proposed.text()).contains("    name: example/birds\n    build: false\n");
  }

  @Test
  void anHttpRouteSharesWhatIsAskedFor() {
    var proposed =
        proposed(
            new FakeCheckout().write("birds.yml", APP),
            new Namespace("birds", Map.of("birds", 1), Map.of("birds", "front")),
            NOTHING);

    assertReads(proposed);
    assertThat(proposed.text())
        .contains("traffic: 10\n")
        .contains("traffic: {by: gateway, route: front}\n");
  }

  @Test
  void withoutAServiceAPersonDecides() {
    var proposed =
        proposed(
            new FakeCheckout().write("birds.yml", APP.substring(APP.indexOf("---") + 4)),
            EMPTY,
            NOTHING);

    assertReads(proposed);
    assertThat(proposed.text()).contains("approval").doesNotContain("traffic:");
  }

  @Test
  void aChartIsProductionWhereThereIsNothingPlain() {
    var proposed =
        proposed(
            new FakeCheckout()
                .write("Dockerfile", "FROM scratch\n")
                .write("chart/Chart.yaml", "name: birds\n")
                .write("chart/templates/birds.yaml", "kind: {{ .Kind }}\n"),
            EMPTY,
            NOTHING);

    assertReads(proposed);
    assertThat(proposed.text()).contains("manifests: {helm: {chart: chart}}");
    assertThat(proposed.open())
        .containsExactly("say in images.app.name how manifests name the image");
  }

  @Test
  void anEmptyRepositoryIsToldWhatIsLiveAndHowToGetIt() {
    var proposed =
        proposed(new FakeCheckout(), new Namespace("birds", Map.of("birds", 3), Map.of()), NOTHING);

    assertReads(proposed);
    assertThat(proposed.open())
        .contains(
            "the repository has no manifest with a Deployment: add production's; live in namespace"
                + " birds is birds, which 'kubectl get deployment NAME -o yaml' prints");
  }

  // ---- metrics

  private static KnownMetrics.Found found(MetricsServer server, String... pods) {
    return KnownMetrics.find(server, List.of(pods), Instant.EPOCH);
  }

  @Test
  void metricsAreLookedForAtProductionsPods() {
    MetricsServer server =
        questions ->
            questions.stream()
                .<Answer>map(
                    question ->
                        new Series(
                            question
                                    .query()
                                    .equals(
                                        "count(http_requests_total{pod=~\"a.1|b\",status!=\"\"})"
                                            .replace("a.1", "a\\\\.1"))
                                ? List.of(2.0)
                                : List.of()))
                .toList();

    assertThat(found(server, "a.1", "b"))
        .isEqualTo(new KnownMetrics.Some(new KnownMetrics("http_requests_total", "status", null)));
    assertThat(found(server, "c")).isInstanceOf(KnownMetrics.None.class);
    assertThat(found(server))
        .isEqualTo(
            new KnownMetrics.None("no pod of production runs whose metrics could be looked for"));
  }

  @Test
  void aMetricsServerThatIsAwayIsSaid() {
    MetricsServer away =
        questions ->
            questions.stream().<Answer>map(_ -> new MetricsServer.Failed("no answer")).toList();

    assertThat(found(away, "a")).isEqualTo(new KnownMetrics.None("no answer"));
  }
}
