package io.aviary.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aviary.kubernetes.RealCluster;
import io.aviary.release.definition.TrafficDefinition.By;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Requests through the Gateway API data plane of the cluster that {@code TEST_KUBECONFIG} names:
 * Gateway {@code edge} in namespace {@code gateway}, which {@code TEST_GATEWAY} says where to find.
 */
class GatewaySplitIT {

  private static final URI GATEWAY = URI.create(RealCluster.beside("TEST_GATEWAY"));
  private static final int REQUESTS = 500;

  @Test
  void theShareIsWhatWasAskedForAndGoesAwayWithoutAFailedRequest() throws InterruptedException {
    try (var birds = new RealBirds()) {
      var host = birds.namespace() + ".example";
      var load = new HttpLoad(GATEWAY, host);
      var split = birds.split(By.GATEWAY, "edge");
      birds.apply(
          """
          apiVersion: gateway.networking.k8s.io/v1
          kind: HTTPRoute
          metadata: {name: edge}
          spec:
            parentRefs: [{name: edge, namespace: gateway}]
            hostnames: [%s]
            rules: [{backendRefs: [{name: birds, port: 80}]}]
          """
              .formatted(host));
      await().atMost(Duration.ofMinutes(1)).until(() -> load.send(20).of("birds") == 20);

      for (var percent : List.of(10, 25, 50)) {
        assertThat(load.during(() -> RealBirds.reach(split, percent)).failures())
            .as("failed requests while the share grows to %s %%", percent)
            .isEmpty();
        var answers = load.send(REQUESTS);
        assertThat(answers.failures()).isEmpty();
        assertThat(100.0 * answers.of("birds-canary") / REQUESTS)
            .as("share at %s %%", percent)
            .isBetween(percent - 5.0, percent + 5.0);
      }
      assertThat(birds.endpoints("birds-canary")).hasSize(3);

      assertThat(load.during(() -> RealBirds.withdraw(split)).failures())
          .as("failed requests while the share goes")
          .isEmpty();
      assertThat(load.send(REQUESTS).bodies()).isEqualTo(Map.of("birds", REQUESTS));
      var route = birds.live(GatewaySplit.API_VERSION, GatewaySplit.KIND, "edge");
      assertThat(Fields.maps(Fields.maps(route, "spec", "rules").getFirst(), "backendRefs"))
          .singleElement()
          .satisfies(
              backend ->
                  assertThat(backend).containsEntry("name", "birds").containsEntry("weight", 1));
      assertThat(Fields.map(route, "metadata", "annotations")).isEmpty();
    }
  }
}
