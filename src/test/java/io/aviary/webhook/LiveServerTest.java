package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aviary.release.Deliveries;
import io.aviary.release.RunStatus;
import io.aviary.release.Runs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** What only real sockets, real time and the real scheduler show. */
@SpringBootTest(
    classes = LiveServer.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.datasource.url=${test.live-database:jdbc:h2:mem:live}",
      "aviary.applications[0].name=birds",
      "aviary.applications[0].repository=otomato/birds",
      "aviary.applications[0].namespace=birds",
      "aviary.applications[0].webhook-secrets=of birds",
      "aviary.applications[1].name=wing",
      "aviary.applications[1].repository=otomato/wing",
      "aviary.applications[1].namespace=wing",
      "aviary.applications[1].webhook-secrets=of wing",
      "aviary.applications[1].paths=services/wing/**",
      "aviary.applications[2].name=egg",
      "aviary.applications[2].repository=otomato/egg",
      "aviary.applications[2].namespace=egg",
      "aviary.applications[2].webhook-secrets=of egg",
      "aviary.missed-push-poll=1s",
    })
class LiveServerTest {

  private static final String WING = "otomato/wing";

  @LocalServerPort int port;
  @Autowired Runs runs;
  @Autowired Deliveries deliveries;
  @Autowired FakeHistory history;
  @Autowired Intake intake;
  @Autowired JdbcClient jdbc;
  @Autowired JsonMapper json;
  @Autowired io.aviary.release.Applications applications;
  @Autowired PlatformTransactionManager transactions;

  @Test
  void aPushGoesToTheEngine() throws Exception {
    var response = push("of birds", Pushes.body("otomato/birds", Pushes.commit(), Pushes.commit()));

    assertThat(response.statusCode()).isEqualTo(202);
    var run = json.readTree(response.body()).path("applications").path(0).path("run").asLong();
    await()
        .untilAsserted(
            () -> assertThat(runs.find(run).orElseThrow().status()).isEqualTo(RunStatus.FAILED));
  }

  @Test
  void theSchedulerAsksGitAndTheRunIsMade() throws Exception {
    var before = Pushes.commit();
    var after = Pushes.commit();
    history.changed(before, after, "services/wing/api.py");

    push("of wing", Pushes.body(WING, before, after), "asked");

    await()
        .untilAsserted(
            () ->
                assertThat(deliveries.find("asked").orElseThrow().applications().getFirst().run())
                    .isNotNull());
  }

  /** The starter gives the scheduler a data source that takes part in the transaction. */
  @Test
  void aQuestionIsNotScheduledIfItsVerdictIsNotStored() {
    var push = Push.ofBranch("master", Pushes.commit(), Pushes.commit());
    var delivery =
        new Delivery("undone", "push", null, WING, "wren", push, java.time.Instant.now(), 0, null);
    var wing = new Recipient(applications.find("wing").orElseThrow(), 0);

    assertThatThrownBy(
            () ->
                new TransactionTemplate(transactions)
                    .executeWithoutResult(
                        status -> {
                          intake.receive(delivery, StoredBody.NONE, List.of(wing));
                          assertThat(questions()).isEqualTo(1);
                          throw new IllegalStateException("the process dies before the commit");
                        }))
        .hasMessage("the process dies before the commit");

    assertThat(questions()).isZero();
    assertThat(deliveries.find("undone")).isEmpty();
  }

  private long questions() {
    return jdbc.sql("SELECT COUNT(*) FROM scheduled_tasks WHERE task_name = ?")
        .param(PathQuestions.TASK)
        .query(Long.class)
        .single();
  }

  @Test
  void missedPushesAreLookedForAgainAndAgain() {
    var first = Pushes.commit();
    var second = Pushes.commit();
    history.headIs("egg", first);
    await().untilAsserted(() -> assertThat(head("egg")).contains(first));

    history.headIs("egg", second);

    await()
        .untilAsserted(
            () ->
                assertThat(
                        jdbc.sql("SELECT COUNT(*) FROM run WHERE revision = ?")
                            .param(second)
                            .query(Long.class)
                            .single())
                    .isEqualTo(1));
  }

  private java.util.Optional<String> head(String application) {
    return jdbc.sql("SELECT head FROM branch_head WHERE application = ?")
        .param(application)
        .query(String.class)
        .optional();
  }

  // ---- size

  @Test
  void anAnnouncedSizeThatIsTooLargeIsRefusedBeforeAnythingIsRead() throws IOException {
    try (var socket = connect()) {
      header(socket.getOutputStream(), "Content-Length: " + (RequestBody.MOST_BYTES + 1));

      assertThat(status(socket.getInputStream())).isEqualTo(413);
    }
  }

  @Test
  void aBodyWithoutEndIsReadNoFartherThanTheLimit() throws IOException {
    var chunk = new byte[64 * 1024];
    try (var socket = connect()) {
      var out = socket.getOutputStream();
      header(out, "Transfer-Encoding: chunked");
      var sent = 0L;
      try {
        while (socket.getInputStream().available() == 0 && sent < 4L * RequestBody.MOST_BYTES) {
          out.write("10000\r\n".getBytes(StandardCharsets.US_ASCII));
          out.write(chunk);
          out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
          out.flush();
          sent += chunk.length;
        }
      } catch (IOException e) {
        // The server has closed the connection: its answer may still be read.
      }

      assertThat(sent).isBetween((long) RequestBody.MOST_BYTES, 2L * RequestBody.MOST_BYTES);
      assertThat(status(socket.getInputStream())).isEqualTo(413);
    }
  }

  @Test
  void aBodyOfJustTheLimitIsRead() throws Exception {
    var good = Pushes.body("otomato/birds", Pushes.commit(), Pushes.commit());
    var body = good + " ".repeat(RequestBody.MOST_BYTES - good.length());

    assertThat(push("of birds", body).statusCode()).isEqualTo(202);
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private static void header(OutputStream out, String size) throws IOException {
    var request =
        """
        POST /webhooks/github HTTP/1.1
        Host: localhost
        Content-Type: application/json
        X-GitHub-Event: push
        X-GitHub-Delivery: large
        X-Hub-Signature-256: sha256=%s
        %s

        """
            .formatted("0".repeat(64), size)
            .replace("\n", "\r\n");
    out.write(request.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static int status(InputStream in) throws IOException {
    var line = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
    assertThat(line).startsWith("HTTP/1.1 ");
    return Integer.parseInt(line.substring(9));
  }

  private HttpResponse<String> push(String secret, String body) throws Exception {
    return push(secret, body, Pushes.id());
  }

  private HttpResponse<String> push(String secret, String body, String id) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/webhooks/github"))
            .header("Content-Type", "application/json")
            .header("X-GitHub-Event", "push")
            .header("X-GitHub-Delivery", id)
            .header("X-Hub-Signature-256", Pushes.sign(body, secret))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (var client = HttpClient.newHttpClient()) {
      return Objects.requireNonNull(client.send(request, HttpResponse.BodyHandlers.ofString()));
    }
  }
}
