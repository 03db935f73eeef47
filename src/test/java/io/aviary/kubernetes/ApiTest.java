package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.step.ReadOnce;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiTest {

  private static final Map<String, Object> POD = Map.of("kind", "Pod");

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

  // ---- what one call of a step reads

  @Test
  void aCallOfAStepReadsEachThingOnceUntilItChangesSomething() {
    server.answers(exchange -> FakeApiServer.send(exchange, 200, "{\"kind\": \"Pod\"}"));

    var _ =
        ReadOnce.during(
            () -> {
              api.get("/a", "read a").orElseThrow().clear();
              assertThat(api.get("/a", "read a")).as("as it was answered").hasValue(POD);
              api.get("/b", "read b");
              api.write("PATCH", "/c", Api.Body.MERGE, Map.of(), "change c");
              api.get("/a", "read a");
              api.delete("/c", null, "delete c");
              return api.get("/a", "read a");
            });

    assertThat(server.requests())
        .containsExactly("GET /a", "GET /b", "PATCH /c", "GET /a", "DELETE /c", "GET /a");
  }

  @Test
  void theNextCallReadsAnewAndSoDoesWhoIsInNone() {
    server.answers(exchange -> FakeApiServer.send(exchange, 200, "{}"));

    for (var call = 0; call < 2; call++) {
      var _ = ReadOnce.during(() -> api.get("/a", "read a"));
    }
    api.get("/a", "read a");
    api.get("/a", "read a");

    assertThat(server.requests()).hasSize(4);
  }

  @Test
  void whatIsNotThereIsAnAnswerAndAFailureIsNone() {
    var answers = new ArrayDeque<>(List.of(503, 404));
    server.answers(exchange -> FakeApiServer.status(exchange, answers.remove(), "not now"));

    var read =
        ReadOnce.during(
            () -> {
              assertThatThrownBy(() -> api.get("/a", "read a")).hasMessageContaining("not now");
              assertThat(api.get("/a", "read a")).isEmpty();
              return api.get("/a", "read a");
            });

    assertThat(read).isEmpty();
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void whatIsAskedForAheadIsNotAskedForTwice() {
    server.answers(exchange -> FakeApiServer.send(exchange, 200, "{\"kind\": \"Pod\"}"));

    var read =
        ReadOnce.during(
            () -> {
              api.ahead("/a", "read a");
              api.ahead("/a", "read a");
              return api.get("/a", "read a");
            });
    api.ahead("/b", "read b");

    assertThat(read).hasValue(POD);
    assertThat(server.requests()).containsExactly("GET /a");
  }
}
