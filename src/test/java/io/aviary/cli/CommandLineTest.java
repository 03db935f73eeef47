package io.aviary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the script asks of a server, what it prints, and its exit codes. */
class CommandLineTest {

  private record Answer(int code, String body) {}

  private record Ended(int code, String out, String err) {}

  private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    for (var program : List.of("bash", "curl", "jq")) {
      assumeTrue(Files.isExecutable(Path.of("/usr/bin", program)), "the script needs " + program);
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var target = exchange.getRequestMethod() + " " + exchange.getRequestURI();
          var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          requests.add(
              target
                  + (body.isEmpty() ? "" : " " + body)
                  + " as "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          var prepared = answers.getOrDefault(target, new ArrayDeque<>());
          var answer = prepared.size() > 1 ? prepared.poll() : prepared.peek();
          var sent = answer == null ? new Answer(404, "{\"detail\":\"not there\"}") : answer;
          var bytes = sent.body().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(sent.code(), bytes.length == 0 ? -1 : bytes.length);
          try (var out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop(0);
    }
  }

  private void answer(String target, int code, String body) {
    answers.computeIfAbsent(target, key -> new ArrayDeque<>()).add(new Answer(code, body));
  }

  private Ended aviary(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("bash", "cli/aviary"));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "AVIARY_URL", "http://127.0.0.1:" + server.getAddress().getPort(),
                "AVIARY_TOKEN", "a-token",
                "AVIARY_POLL_SECONDS", "0"));
    var process = builder.start();
    process.getOutputStream().close();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    var err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), out, err);
  }

  private static String run(long id, String status, String more) {
    return "{\"id\":%d,\"application\":\"birds\",\"pipeline\":\"canary\",\"shortRevision\":\"77c01de\",\"status\":\"%s\",\"createdAt\":\"2026-01-01T00:00:00Z\",\"message\":\"Sing\\nlouder\",%s}"
        .formatted(id, status, more);
  }

  @Test
  void runsAreListedOneALine() throws Exception {
    answer(
        "GET /api/runs?size=20&application=a%20b",
        200, "{\"items\":[" + run(7, "RUNNING", "\"x\":1") + "]}");

    var ended = aviary("runs", "--application", "a b");

    assertThat(ended.err()).isEmpty();
    assertThat(ended.code()).isZero();
    assertThat(ended.out())
        .isEqualTo("7\tbirds\tcanary\tRUNNING\t77c01de\t2026-01-01T00:00:00Z\tSing\n");
    assertThat(requests.getFirst()).endsWith("as Bearer a-token");
  }

  @Test
  void aRunIsWatchedThroughProductionToItsEnd() throws Exception {
    answer(
        "GET /api/runs/7",
        200,
        run(
            7,
            "RUNNING",
            "\"finishedAt\":null,\"steps\":[{\"name\":\"build\",\"status\":\"RUNNING\"},{\"name\":\"later\",\"status\":\"PENDING\"}]"));
    answer(
        "GET /api/runs/7",
        200,
        run(
            7,
            "SUCCEEDED",
            "\"finishedAt\":\"2026\",\"child\":8,\"steps\":[{\"name\":\"build\",\"status\":\"SUCCEEDED\"}]"));
    answer(
        "GET /api/runs/8",
        200,
        run(
            8,
            "ROLLED_BACK",
            "\"finishedAt\":\"2026\",\"reason\":\"not ready\",\"steps\":[{\"name\":\"awaitRollout\",\"status\":\"FAILED\",\"reason\":\"not ready\"}]"));

    var ended = aviary("watch", "7");

    assertThat(ended.out())
        .isEqualTo(
            """
            run 7  RUNNING\tbuild
            run 7  SUCCEEDED\tbuild
            run 8  FAILED\tawaitRollout\tnot ready
            run 8: ROLLED_BACK, not ready
            """);
    assertThat(ended.code()).isEqualTo(1);
  }

  @Test
  void theExitCodeSaysHowItEnded() throws Exception {
    for (var end :
        Map.of("SUCCEEDED", 0, "ROLLED_BACK", 1, "FAILED", 7, "CANCELLED", 8, "SUPERSEDED", 8)
            .entrySet()) {
      answers.clear();
      answer("GET /api/runs/7", 200, run(7, end.getKey(), "\"finishedAt\":\"2026\",\"steps\":[]"));

      assertThat(aviary("watch", "7").code()).as(end.getKey()).isEqualTo(end.getValue());
    }
  }

  @Test
  void triggerAndDecisionsSendWhatWasSaid() throws Exception {
    answer("POST /api/runs", 201, run(9, "QUEUED", "\"steps\":[]"));
    answer("POST /api/runs/9/approve", 202, run(9, "RUNNING", "\"steps\":[]"));
    answer(
        "POST /api/runs/9/cancel", 202, run(9, "RUNNING", "\"ending\":\"CANCELLED\",\"steps\":[]"));

    assertThat(aviary("trigger", "birds", "--revision", "77c01de").out()).isEqualTo("run 9\n");
    assertThat(aviary("approve", "9", "--gate", "look", "--comment", "It's \"fine\"").code())
        .isZero();
    assertThat(aviary("cancel", "9").out()).isEqualTo("run 9: RUNNING on its way to CANCELLED\n");

    assertThat(String.join("\n", requests).replaceAll("\\s", ""))
        .contains("POST/api/runs{\"application\":\"birds\",\"revision\":\"77c01de\"}")
        .contains("{\"comment\":\"It's\\\"fine\\\"\",\"gate\":\"look\"}");
  }

  @Test
  void errorsHaveCodesAndTheServersWords() throws Exception {
    answer("POST /api/runs/1/cancel", 409, "{\"detail\":\"run 1 is final\"}");
    answer("POST /api/runs/2/cancel", 403, "{\"detail\":\"this needs the role operator\"}");
    answer("POST /api/runs/3/cancel", 401, "");
    answer("POST /api/runs/4/cancel", 500, "");

    assertThat(aviary("cancel", "1")).isEqualTo(new Ended(6, "", "aviary: run 1 is final\n"));
    assertThat(aviary("cancel", "2").code()).isEqualTo(4);
    assertThat(aviary("cancel", "3").code()).isEqualTo(4);
    assertThat(aviary("cancel", "4").code()).isEqualTo(3);
    assertThat(aviary("cancel", "5")).isEqualTo(new Ended(5, "", "aviary: not there\n"));
    assertThat(aviary("cancel", "../x").code()).isEqualTo(2);
    assertThat(aviary("fly").code()).isEqualTo(2);
    assertThat(aviary("runs", "--sort", "x").code()).isEqualTo(2);
    assertThat(aviary("help").code()).isZero();
  }

  @Test
  void aLogIsPrintedAsItIs() throws Exception {
    answer(
        "GET /api/runs/7",
        200,
        run(7, "RUNNING", "\"steps\":[{\"name\":\"testCanary\",\"status\":\"RUNNING\"}]"));
    answer("GET /api/runs/7/steps/testCanary/log", 200, "one\ntwo");

    assertThat(aviary("logs", "7", "testCanary").out()).isEqualTo("one\ntwo");
    assertThat(aviary("logs", "7", "nothing").code()).isEqualTo(5);
  }

  @Test
  void pipelinesOfCodefreshAreImported() throws Exception {
    answer(
        "POST /api/import/codefresh",
        200,
        "{\"aviaryYml\":\"images:\\n\",\"complete\":true,\"report\":[{\"file\":\"codefresh-canary.yml\",\"line\":1,\"key\":\"version\",\"verdict\":\"TAKEN_OVER\",\"reason\":\"no need\"}]}");

    var ended =
        aviary(
            "import",
            "codefresh",
            "examples/ornithology/codefresh-canary.yml",
            "examples/ornithology/codefresh-prod.yml");

    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.out().strip()).isEqualTo("images:");
    assertThat(ended.err()).isEqualTo("codefresh-canary.yml:1\tTAKEN_OVER\tversion\tno need\n");
  }

  @Test
  void aProposalIsPrintedWithWhatIsLeftToDo() throws Exception {
    answer(
        "GET /api/applications/birds/proposal",
        200,
        "{\"revision\":\"77c01de\",\"present\":false,\"aviaryYml\":\"images:\\n\",\"assumptions\":[\"one\"],\"open\":[\"two\"]}");

    var ended = aviary("init", "birds");

    assertThat(ended.out()).isEqualTo("images:\n");
    assertThat(ended.err()).startsWith("assumed\tone\nto do\ttwo\n");
    assertThat(ended.code()).as("something is left to do").isEqualTo(6);

    answer(
        "GET /api/applications/wing/proposal",
        200,
        "{\"revision\":\"77c01de\",\"present\":false,\"aviaryYml\":\"images:\\n\",\"assumptions\":[],\"open\":[]}");
    assertThat(aviary("init", "wing").code()).isZero();
    assertThat(aviary("init").code()).isEqualTo(2);
  }
}
