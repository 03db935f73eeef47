package io.aviary.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.definition.TrafficDefinition.By;
import io.aviary.traffic.TrafficSplit.Progress;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IngressSplitTest {

  private static final String NGINX = "nginx.ingress.kubernetes.io/";

  private final Scene scene = new Scene(9);
  private final FakeCluster cluster = scene.cluster;
  private final TrafficSplit split = scene.split(By.INGRESS, "edge");

  @BeforeEach
  void ingress() {
    cluster.has(
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: edge
          labels: {theirs: x}
          annotations:
            nginx.ingress.kubernetes.io/affinity: cookie
            nginx.ingress.kubernetes.io/session-cookie-name: bird
            nginx.ingress.kubernetes.io/rewrite-target: /
            cert-manager.io/issuer: somebody
        spec:
          ingressClassName: nginx
          tls: [{hosts: [birds.example], secretName: cert}]
          rules:
          - host: birds.example
            http:
              paths:
              - {path: /, pathType: Prefix, backend: {service: {name: birds, port: {number: 5000}}}}
              - {path: /legacy, pathType: Exact, backend: {service: {name: legacy, port: {number: 80}}}}
          - host: other.example
            http:
              paths:
              - {path: /, pathType: Prefix, backend: {service: {name: legacy, port: {number: 80}}}}
          - http:
              paths:
              - {path: /birds, pathType: Prefix, backend: {service: {name: birds, port: {name: http}}}}
        """);
  }

  private Progress reach(double percent) {
    return scene.reach(split, percent, () -> scene.pass(IngressSplit.SETTLING));
  }

  private Map<String, String> annotations() {
    return Fields.texts(cluster.object("Ingress", "edge-canary"), "metadata", "annotations");
  }

  private void annotate(String key, String value) {
    Fields.annotate(cluster.object("Ingress", "edge-canary"), key, value);
  }

  @Test
  void aSecondIngressHasTheSameHostsAndPathsAndTheCanarysService() {
    assertThat(split.advance(10))
        .isEqualTo(new Progress.Pending("weight 10 of 100 in the Ingress edge-canary"));
    var written = Fields.copy(cluster.object("Ingress", "edge-canary"));
    assertThat(annotations())
        .containsEntry(NGINX + "canary", "true")
        .containsEntry(NGINX + "canary-weight", "10")
        .containsEntry(NGINX + "canary-weight-total", "100")
        .containsEntry(NGINX + "affinity", "cookie")
        .containsEntry(NGINX + "session-cookie-name", "bird")
        .doesNotContainKeys(NGINX + "rewrite-target", "cert-manager.io/issuer");
    assertThat(Fields.texts(written, "metadata", "labels"))
        .containsExactlyInAnyOrderEntriesOf(scene.between().labels());
    cluster.has(
        """
        apiVersion: v1
        kind: Expected
        metadata: {name: expected}
        spec:
          ingressClassName: nginx
          rules:
          - host: birds.example
            http:
              paths:
              - {path: /, pathType: Prefix, backend: {service: {name: birds-canary, port: {number: 5000}}}}
          - http:
              paths:
              - {path: /birds, pathType: Prefix, backend: {service: {name: birds-canary, port: {number: 5000}}}}
        """);
    assertThat(written.get("spec")).isEqualTo(cluster.object("Expected", "expected").get("spec"));
  }

  @Test
  void theShareIsTakenToBeThereAfterAWhile() {
    split.advance(10);
    assertThat(split.advance(10))
        .isEqualTo(
            new Progress.Pending(
                "weight 10 of 100 in the Ingress edge-canary is written and takes effect"));
    scene.pass(IngressSplit.SETTLING);
    assertThat(split.advance(10))
        .isEqualTo(new Progress.Reached(10, "weight 10 of 100 in the Ingress edge-canary"));
    cluster.writes.clear();
    assertThat(split.keep(10)).isInstanceOf(Progress.Reached.class);
    assertThat(cluster.writes).isEmpty();
  }

  @Test
  void aFractionNeedsALargerTotal() {
    assertThat(reach(2.5))
        .isEqualTo(new Progress.Reached(2.5, "weight 25 of 1000 in the Ingress edge-canary"));
    assertThat(reach(25)).isInstanceOf(Progress.Reached.class);
    assertThat(annotations())
        .containsEntry(NGINX + "canary-weight", "25")
        .containsEntry(NGINX + "canary-weight-total", "100");
  }

  @Test
  void enoughPodsAreStartedFirst() {
    assertThat(split.advance(25)).isInstanceOf(Progress.Pending.class);
    assertThat(cluster.writes).containsExactly("scale birds-canary 3");
    cluster.start();
    split.advance(25);
    assertThat(annotations()).containsEntry(NGINX + "canary-weight", "25");
  }

  @Test
  void withoutAReadyPodTheWeightIsZeroMeanwhile() {
    reach(10);
    cluster.ready(cluster.living("birds-canary").getFirst(), false);
    cluster.settle();
    assertThat(split.keep(10)).isInstanceOf(Progress.Pending.class);
    assertThat(annotations()).containsEntry(NGINX + "canary-weight", "0");
  }

  @Test
  void anotherCanaryForTheSamePlaceIsRefused() {
    cluster.has(
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: rival, annotations: {nginx.ingress.kubernetes.io/canary: "true"}}
        spec: {rules: [{host: birds.example, http: {paths: [{path: /, backend: {}}]}}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: elsewhere, annotations: {nginx.ingress.kubernetes.io/canary: "true"}}
        spec: {rules: [{host: elsewhere.example, http: {paths: [{path: /, backend: {}}]}}]}
        """);
    assertThat(split.advance(10))
        .isEqualTo(
            new Progress.Impossible(
                "the Ingress rival is a canary for a host and path of the Ingress edge already, and"
                    + " ingress-nginx takes only one; delete it"));
    cluster.remove("Ingress", "rival");
    assertThat(split.advance(10)).isInstanceOf(Progress.Pending.class);
  }

  @Test
  void anIngressOfThatNameThatIsNotOursIsLeftAlone() {
    cluster.has(
        "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: edge-canary}, spec: {}}");
    assertThat(split.advance(10)).isInstanceOf(Progress.Impossible.class);
    assertThat(split.withdraw()).isTrue();
    assertThat(cluster.isThere("Ingress", "edge-canary")).isTrue();
    assertThat(cluster.writes).isEmpty();
  }

  @Test
  void whatCannotBeIsSaid() {
    assertThat(new IngressSplit(scene.between(null), "edge", 5, scene).advance(10))
        .isInstanceOf(Progress.Impossible.class);
    assertThat(scene.split(By.INGRESS, "none").advance(10))
        .isEqualTo(
            new Progress.Impossible(
                "there is no Ingress none in namespace ns; apply it, or correct traffic.route"));
    cluster.has(
        "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: edge}, spec: {}}");
    assertThat(split.advance(10))
        .isInstanceOfSatisfying(
            Progress.Impossible.class,
            no ->
                assertThat(no.reason()).startsWith("the Ingress edge has no path to the Service"));
  }

  @Test
  void aDefaultBackendIsShared() {
    cluster.has(
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: edge}
        spec: {defaultBackend: {service: {name: birds, port: {number: 5000}}}}
        """);
    assertThat(reach(10)).isInstanceOf(Progress.Reached.class);
    assertThat(
            Fields.text(
                cluster.object("Ingress", "edge-canary"),
                "spec",
                "defaultBackend",
                "service",
                "name"))
        .isEqualTo("birds-canary");
  }

  @Test
  void aWeightChangedByHandIsPutBackAndSaidSo() {
    reach(10);
    annotate(NGINX + "canary-weight", "80");
    assertThat(split.keep(10))
        .isEqualTo(
            new Progress.Pending(
                "weight 10 of 100 in the Ingress edge-canary; someone else had changed it to 80 of"
                    + " 100"));
    assertThat(annotations()).containsEntry(NGINX + "canary-weight", "10");
  }

  @Test
  void takenAwayByWayOfZeroAndDeletedByUid() {
    reach(10);
    assertThat(split.withdraw()).isFalse();
    assertThat(annotations())
        .containsEntry(NGINX + "canary-weight", "0")
        .containsEntry(NGINX + "canary-weight-total", "100");
    assertThat(split.withdraw()).isFalse();
    assertThat(cluster.isThere("Ingress", "edge-canary")).isTrue();
    scene.pass(IngressSplit.SETTLING);
    assertThat(split.withdraw()).isFalse();
    assertThat(cluster.writes).endsWith("delete Ingress edge-canary");
    assertThat(split.withdraw()).isTrue();
    assertThat(cluster.isThere("Ingress", "edge")).isTrue();
  }

  @Test
  void nothingToTakeAwayIsTrue() {
    assertThat(split.withdraw()).isTrue();
    assertThat(cluster.writes).isEmpty();
  }
}
