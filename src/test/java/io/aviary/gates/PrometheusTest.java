package io.aviary.gates;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.aviary.gates.MetricsServer.Answer;
import io.aviary.gates.MetricsServer.Failed;
import io.aviary.gates.MetricsServer.Question;
import io.aviary.gates.MetricsServer.Series;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PrometheusTest {

  private static final Instant TIME = Instant.parse("2026-11-24T09:00:00.250Z");

  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> bodies = new ArrayList<>();
  private final List<String> authorizations = new ArrayList<>();
  private HttpServer server;
  private int status = 200;
  private String answer = "";
  private boolean hangs;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/prom/api/v1/query",
        exchange -> {
          try (exchange) {
            synchronized (bodies) {
              bodies.add(
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
              authorizations.add(
                  String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            }
            if (hangs) {
              over.await();
            }
            var bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
    threads.close();
  }

  @Test
  void asksForTheMomentAndReadsEachSeries() {
    answer =
        """
        {"status": "success", "data": {"resultType": "vector", "result": [
          {"metric": {"pod": "a"}, "value": [1763974800.25, "1.5"]},
          {"metric": {"pod": "b"}, "value": [1763974800.25, "NaN"]},
          {"metric": {"pod": "c"}, "value": [1763974800.25, "+Inf"]}]}}
        """;

    assertThat(ask("up{pod=~\"a|b\"} > 0"))
        .isEqualTo(new Series(List.of(1.5, Double.NaN, Double.POSITIVE_INFINITY)));
    assertThat(bodies)
        .containsExactly("query=up%7Bpod%3D%7E%22a%7Cb%22%7D+%3E+0&time=1795510800.250&timeout=4s");
  }

  @Test
  void anEmptyAnswerAndASingleNumberAreAnswers() {
    answer = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}";
    assertThat(ask("a")).isEqualTo(new Series(List.of()));

    answer = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"7\"]}}";
    assertThat(ask("b")).isEqualTo(new Series(List.of(7.0)));
  }

  @Test
  void aRefusedQueryIsNamedWithTheServersWords() {
    status = 400;
    answer = "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1:3: parse error\"}";

    assertThat(ask("a b")).isEqualTo(new Failed(address() + " answered 400: 1:3: parse error"));
  }

  @Test
  void whatIsNotPrometheusIsSaidToBe() {
    status = 502;
    answer = "<html>Bad Gateway</html>";
    assertThat(ask("a"))
        .isEqualTo(new Failed(address() + " answered 502, and not as Prometheus does"));

    status = 200;
    answer = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}";
    assertThat(ask("a[5m]"))
        .isEqualTo(
            new Failed(
                address() + " answered with a matrix; the query must give a value at a moment"));

    answer = "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"x\"]}}";
    assertThat(reason(ask("a"))).startsWith(address() + " answered with what is no number");
  }

  @Test
  void anAnswerWithoutEndIsNotRead() {
    answer = "x".repeat(2 << 20);

    assertThat(reason(ask("a"))).startsWith(address() + " did not answer");
  }

  @Test
  void aServerThatHangsIsGivenUpForAllQuestionsTogether() {
    hangs = true;
    var prometheus = new Prometheus(url(""), Duration.ofMillis(200));
    var begun = System.nanoTime();

    var answers =
        prometheus.ask(
            List.of(new Question("a", TIME), new Question("b", TIME), new Question("c", TIME)));

    assertThat(answers).hasSize(3).allSatisfy(one -> assertThat(reason(one)).contains(address()));
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void aServerThatIsAwayIsNamed() {
    server.stop(0);

    assertThat(reason(ask("a"))).startsWith(address() + " did not answer");
  }

  @Test
  void withoutAConfiguredServerTheReasonSaysWhatToSet() {
    assertThat(new Prometheus(null, Duration.ofSeconds(1)).ask(List.of(new Question("a", TIME))))
        .containsExactly(new Failed("no metrics server is configured: set aviary.prometheus.url"));
  }

  @Test
  void aPasswordIsSentAndNeverShown() {
    status = 401;
    answer = "no";

    var answers =
        new Prometheus(url("finch:secret@"), Duration.ofSeconds(5))
            .ask(List.of(new Question("a", TIME)));

    assertThat(authorizations).containsExactly("Basic ZmluY2g6c2VjcmV0");
    assertThat(reason(answers.getFirst())).contains(address()).doesNotContain("secret");
  }

  private Answer ask(String query) {
    return new Prometheus(url(""), Duration.ofSeconds(5))
        .ask(List.of(new Question(query, TIME)))
        .getFirst();
  }

  private static String reason(Answer answer) {
    assertThat(answer).isInstanceOf(Failed.class);
    return ((Failed) answer).reason();
  }

  private URI url(String userInfo) {
    return URI.create(
        "http://" + userInfo + "127.0.0.1:" + server.getAddress().getPort() + "/prom/");
  }

  private String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/prom";
  }
}
