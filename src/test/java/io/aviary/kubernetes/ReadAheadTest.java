package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.kubernetes.Cluster.Reading;
import io.aviary.release.masking.Masking;
import io.aviary.release.step.ReadOnce;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked for ahead is what is read: another request would be one more, not one less. */
class ReadAheadTest {

  private static final Map<String, String> LABELS = Map.of("app", "birds");

  private final FakeApiServer server = new FakeApiServer();
  private final Fabric8Clusters clusters;

  ReadAheadTest(@TempDir Path folder) {
    var kubeconfig =
        Kubeconfigs.write(folder, "one", new TreeMap<>(Map.of("one", server.address())));
    clusters = new Fabric8Clusters(() -> run -> {}, new Masking(List.of()), kubeconfig);
    server.answers(
        exchange ->
            FakeApiServer.send(
                exchange,
                200,
                """
                {"metadata": {"name": "birds", "namespace": "ns", "uid": "u"}, "spec": {"selector": {"matchLabels": {"app": "birds"}}},
                 "items": [], "resources": [{"name": "pods", "kind": "Pod", "namespaced": true}, {"name": "deployments", "kind": "Deployment", "namespaced": true}]}
                """));
  }

  @AfterEach
  void stop() {
    clusters.close();
    server.close();
  }

  private static void read(Cluster cluster) {
    var _ = cluster.live(new ObjectRef("apps/v1", "Deployment", "ns", "birds", null));
    var _ = cluster.find("ns", "apps/v1", "Deployment", "birds");
    var _ = cluster.rollout("ns", "birds");
    var _ = cluster.list("ns", List.of("v1/Pod"), LABELS);
    var _ = cluster.readyEndpoints("ns", "birds");
  }

  @Test
  void nothingIsAskedForTwice() {
    var cluster = clusters.cluster(null);
    read(cluster); // The kinds are known afterwards.
    server.requests().clear();

    var asked =
        ReadOnce.during(
            () -> {
              cluster.ahead(
                  "ns",
                  List.of(
                      Reading.OfObject.deployment("birds"),
                      new Reading.OfPods(LABELS),
                      new Reading.OfEndpoints("birds")));
              read(cluster);
              return List.copyOf(server.requests());
            });

    assertThat(asked)
        .containsExactlyInAnyOrder(
            "GET /apis/apps/v1/namespaces/ns/deployments/birds",
            "GET /api/v1/namespaces/ns/pods?labelSelector=app%3Dbirds",
            "GET /apis/discovery.k8s.io/v1/namespaces/ns/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dbirds",
            "GET /apis/apps/v1/namespaces/ns/replicasets?labelSelector=app%3Dbirds");
  }

  private List<String> askedForTask(boolean asJob) {
    var cluster = clusters.cluster(null);
    server.answers(
        exchange -> {
          var path = exchange.getRequestURI().getPath();
          if (path.endsWith(asJob ? "/jobs/one" : "/pods/one") || path.endsWith("/pods")) {
            FakeApiServer.send(
                exchange,
                200,
                """
                {"metadata": {"name": "one", "namespace": "ns", "uid": "u"}, "items": []}
                """);
          } else if (path.endsWith("/log")) {
            FakeApiServer.send(exchange, 200, "");
          } else {
            FakeApiServer.status(exchange, 404, "not found");
          }
        });
    return ReadOnce.during(
        () -> {
          cluster.ahead("ns", List.of(new Reading.OfTask("one", asJob)));
          var _ = cluster.task("ns", "one");
          cluster.taskLog("ns", "one", null, line -> {});
          return List.copyOf(server.requests());
        });
  }

  @Test
  void aTaskIsAskedForAsWhatItIs() {
    assertThat(askedForTask(false))
        .contains("GET /apis/batch/v1/namespaces/ns/jobs/one", "GET /api/v1/namespaces/ns/pods/one")
        .hasSize(3);
    server.requests().clear();
    assertThat(askedForTask(true))
        .contains(
            "GET /apis/batch/v1/namespaces/ns/jobs/one",
            "GET /api/v1/namespaces/ns/pods?labelSelector=job-name%3Done")
        .doesNotHaveDuplicates();
  }

  @Test
  void outsideOfACallNothingIsAskedForAhead() {
    clusters.cluster(null).ahead("ns", List.of(Reading.OfObject.deployment("birds")));

    assertThat(server.requests()).isEmpty();
  }
}
