package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiTest {

  private final FakeApiServer server = new FakeApiServer();
  private final Api api = new Api(server.client());

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "400, true", "401, false", "403, true", "404, true", "405, true", "409, false",
    "410, false", "413, true", "415, true", "422, true", "429, false", "500, false",
    "502, false", "503, false", "504, false"
  })
  void tellsDecisionsFromFaults(int code, boolean rejection) {
    server.answers(exchange -> FakeApiServer.status(exchange, code, "in its own words"));

    assertFailure(rejection)
        .hasMessageContaining(server.address())
        .hasMessageContaining("apply Service birds in namespace otom8")
        .hasMessageContaining("in its own words (" + code + ")");
  }

  @Test
  void anApplyWithAnUnknownFieldIsADecisionThoughTheServerCallsItItsOwnError() {
    server.answers(
        exchange ->
            FakeApiServer.status(
                exchange,
                500,
                "failed to create typed patch object (a/b; v1, Kind=Service): .spec.x: field not"
                    + " declared in schema"));

    assertFailure(true).hasMessageContaining("field not declared in schema");
  }

  @Test
  void quotesWhatIsNoStatus() {
    server.answers(exchange -> FakeApiServer.send(exchange, 502, "<html>Bad Gateway</html>\nmore"));

    assertFailure(false).hasMessageEndingWith("HTTP 502: <html>Bad Gateway</html>");
  }

  @Test
  void aServerThatIsAwayIsAFault() {
    server.stop();

    assertFailure(false)
        .hasMessageContaining("Could not apply Service birds")
        .hasMessageContaining(server.address())
        .hasMessageContaining("refused");
  }

  @Test
  void deletesOnlyTheObjectWithTheUid() {
    server.answers(
        exchange -> {
          assertThat(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
              .contains("\"uid\":\"one\"")
              .contains("\"propagationPolicy\":\"Background\"");
          FakeApiServer.status(
              exchange,
              409,
              "Precondition failed: UID in precondition: one, UID in object meta: two");
        });

    assertThat(api.delete("/api/v1/namespaces/a/pods/b", "one", "delete Pod b")).isFalse();
  }

  @Test
  void anotherConflictOnDeletionIsAFault() {
    server.answers(exchange -> FakeApiServer.status(exchange, 409, "try again"));

    assertThatThrownBy(() -> api.delete("/api/v1/namespaces/a/pods/b", "one", "delete Pod b"))
        .isInstanceOfSatisfying(ClusterException.class, e -> assertThat(e.isRejection()).isFalse());
  }

  @Test
  void whatIsNotThereIsEmpty() {
    assertThat(api.get("/api/v1/namespaces/a/pods/b", "read Pod b")).isEmpty();
  }

  @Test
  void namesCannotLeaveTheirPlace() {
    assertThat(Api.encoded("../../secrets/a?x=y")).isEqualTo("..%2F..%2Fsecrets%2Fa%3Fx%3Dy");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertFailure(boolean rejection) {
    return assertThatThrownBy(
            () ->
                api.write(
                    "PATCH",
                    "/api/v1/namespaces/otom8/services/birds",
                    Api.Body.APPLY,
                    Map.of("kind", "Service"),
                    "apply Service birds in namespace otom8"))
        .isInstanceOfSatisfying(
            ClusterException.class, e -> assertThat(e.isRejection()).isEqualTo(rejection));
  }
}
