package io.aviary.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aviary.release.definition.TrafficDefinition.By;
import io.aviary.traffic.TrafficSplit.Progress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Requests to a Service's address on the node of the cluster that {@code TEST_KUBECONFIG} names.
 */
class LabelSplitIT {

  private static final int REQUESTS = 500;

  @Test
  void theShareIsThatOfThePodsAndGoesAwayWithoutAFailedRequest() throws InterruptedException {
    try (var birds = new RealBirds()) {
      var split = birds.split(By.LABELS, null);
      var load = new HttpLoad(URI.create("http://" + address(birds) + ":80"), "birds");
      await().atMost(Duration.ofMinutes(1)).until(() -> load.send(20).of("birds") == 20);

      assertThat(load.during(() -> RealBirds.reach(split, 25)).failures()).isEmpty();
      assertThat(split.keep(25)).isEqualTo(new Progress.Reached(25, "1 of 4 ready endpoints"));
      assertThat(100.0 * load.send(REQUESTS).of("birds-canary") / REQUESTS).isBetween(18.0, 32.0);

      assertThat(load.during(() -> RealBirds.withdraw(split)).failures()).isEmpty();
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> assertThat(load.send(REQUESTS).bodies()).isEqualTo(Map.of("birds", REQUESTS)));
    }
  }

  /** The Service's own, which the node can reach. */
  private static String address(RealBirds birds) {
    return birds
        .cluster()
        .update(birds.namespace(), "v1", "Service", "birds", service -> service)
        .map(service -> Fields.text(service.content(), "spec", "clusterIP"))
        .orElseThrow();
  }
}
