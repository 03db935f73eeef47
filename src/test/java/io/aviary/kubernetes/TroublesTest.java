package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.kubernetes.Cluster.PodTrouble;
import io.aviary.release.masking.Masking;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TroublesTest {

  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");
  private static final String WARNING =
      """
      {"items": [{"reason": "FailedMount", "message": "no such volume", "lastTimestamp": "2026-11-24T09:00:00Z"}]}
      """;

  private final FakeApiServer server = new FakeApiServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private PodTrouble troubleOfOneThatIs(Duration old) {
    server.answers(exchange -> FakeApiServer.send(exchange, 200, WARNING));
    var api = new Api(server.client());
    return new Troubles(api, new PodSecrets(api, new Masking(List.of()), () -> NOW), () -> NOW)
        .of(
            Map.of(
                "metadata",
                Map.of(
                    "namespace",
                    "ns",
                    "name",
                    "birds-1",
                    "uid",
                    "u",
                    "creationTimestamp",
                    NOW.minus(old).toString()),
                "status",
                Map.of(
                    "containerStatuses",
                    List.of(
                        Map.of(
                            "name",
                            "birds",
                            "state",
                            Map.of("waiting", Map.of("reason", "ContainerCreating")))))));
  }

  @Test
  void aPodThatDoesNotStartIsAskedForItsWarnings() {
    assertThat(troubleOfOneThatIs(Duration.ofSeconds(3)))
        .isEqualTo(new PodTrouble("birds-1", "FailedMount", "no such volume", false));
  }

  @Test
  void aYoungOneIsNot() {
    assertThat(troubleOfOneThatIs(Duration.ofMillis(2999)))
        .isEqualTo(new PodTrouble("birds-1", "ContainerCreating", "", false));
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void byAClusterWhoseClockIsAheadNoPodIsYoung() {
    assertThat(troubleOfOneThatIs(Duration.ofHours(-1)).reason()).isEqualTo("FailedMount");
  }
}
