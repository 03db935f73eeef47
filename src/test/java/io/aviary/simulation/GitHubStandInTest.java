package io.aviary.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class GitHubStandInTest {

  private static final String REPOSITORY = "otomato/ornithology";

  /** What a webhook got. */
  private record Received(Map<String, List<String>> headers, String body) {
    String header(String name) {
      return Objects.requireNonNull(headers.get(name)).getFirst();
    }
  }

  private final List<Received> received = new CopyOnWriteArrayList<>();
  private HttpServer receiver;
  private GitHubStandIn github;

  GitHubStandInTest(@TempDir Path folder) throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    github = GitHubStandIn.start(folder);
  }

  @BeforeEach
  void listen() {
    receiver.createContext(
        "/",
        exchange -> {
          var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          received.add(new Received(exchange.getRequestHeaders(), body));
          exchange.sendResponseHeaders(202, 2);
          exchange.getResponseBody().write("{}".getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    receiver.start();
  }

  @AfterEach
  void close() {
    receiver.stop(0);
    github.close();
  }

  @Test
  void aPushIsSignedAndTellsTheCommit() {
    github.hook(
        REPOSITORY,
        "http://127.0.0.1:" + receiver.getAddress().getPort(),
        "It's a Secret to Everybody");
    var first = github.push(REPOSITORY, Map.of("a.txt", "1"), "first");
    var second = github.push(REPOSITORY, Map.of("a.txt", "2", "b.sh", "echo"), "second");

    assertThat(received).hasSize(3);
    assertThat(received.getFirst().header("X-github-event")).isEqualTo("ping");
    var push = received.getLast();
    assertThat(push.header("X-hub-signature-256"))
        .isEqualTo(
            "sha256="
                + GitHubHooks.sign(
                    "HmacSHA256",
                    "It's a Secret to Everybody",
                    push.body().getBytes(StandardCharsets.UTF_8)));
    var event = Json.parse(push.body());
    assertThat(Json.text(event, "ref")).isEqualTo("refs/heads/master");
    assertThat(Json.text(event, "before")).isEqualTo(first.revision());
    assertThat(Json.text(event, "after")).isEqualTo(second.revision());
    assertThat(Json.strings(Json.at(event, "head_commit", "added"))).containsExactly("b.sh");
    assertThat(Json.strings(Json.at(event, "head_commit", "modified"))).containsExactly("a.txt");
    assertThat(second.deliveries().getFirst().statusCode()).isEqualTo(202);
  }

  @Test
  void theSignatureIsTheOneThatGitHubDocuments() {
    assertThat(
            GitHubHooks.sign(
                "HmacSHA256",
                "It's a Secret to Everybody",
                "Hello, World!".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
  }

  @Test
  void aRedeliveryHasTheSameIdAndBytes() {
    github.hook(REPOSITORY, "http://127.0.0.1:" + receiver.getAddress().getPort(), "s");
    var sent = github.push(REPOSITORY, Map.of("a", "1"), "first").deliveries().getFirst();

    var again = github.redeliver(sent.guid());

    assertThat(again.redelivery()).isTrue();
    assertThat(received.getLast().header("X-github-delivery")).isEqualTo(sent.guid());
    assertThat(received.getLast().body()).isEqualTo(sent.payload());
  }

  @Test
  void aForcedPushAndADeletedBranchAreToldAsGitHubDoes() {
    github.hook(REPOSITORY, "http://127.0.0.1:" + receiver.getAddress().getPort(), "s");
    var first = github.push(REPOSITORY, Map.of("a", "1"), "first").revision();
    github.push(REPOSITORY, Map.of("a", "2"), "second");

    github.moveBranch(REPOSITORY, "master", first);
    var moved = Json.parse(received.getLast().body());
    github.deleteBranch(REPOSITORY, "master");
    var deleted = Json.parse(received.getLast().body());

    assertThat(moved.path("forced").asBoolean()).isTrue();
    assertThat(Json.text(moved, "after")).isEqualTo(first);
    assertThat(moved.path("commits")).isEmpty();
    assertThat(deleted.path("deleted").asBoolean()).isTrue();
    assertThat(Json.text(deleted, "after")).isEqualTo("0".repeat(40));
    assertThat(deleted.path("head_commit").isNull()).isTrue();
  }

  @Test
  void filesOfACommitAreReadOverHttpAndFromDisk() throws IOException {
    var revision = github.push(REPOSITORY, Map.of("a/b.txt", "text"), "first").revision();

    assertThat(GitCommit.files(github.cloneUrl(REPOSITORY), revision, null))
        .isEqualTo(Map.of("a/b.txt", "text"));
    assertThat(GitCommit.files(github.fileUrl(REPOSITORY), revision, null))
        .isEqualTo(Map.of("a/b.txt", "text"));
    github.requireToken("hush");
    assertThatThrownBy(() -> GitCommit.files(github.cloneUrl(REPOSITORY), revision, null))
        .isInstanceOf(IOException.class);
    assertThat(
            GitCommit.files(github.cloneUrl(REPOSITORY), revision, "Authorization: Basic eDpodXNo"))
        .hasSize(1);
  }

  @Test
  void keepsWhatIsReported() throws Exception {
    var revision = github.push(REPOSITORY, Map.of("a", "1"), "first").revision();
    var repo = "/repos/" + REPOSITORY;

    assertThat(post(repo + "/statuses/" + revision, "{\"state\": \"nonsense\"}")).isEqualTo(422);
    assertThat(post(repo + "/statuses/" + revision, "{\"state\": \"pending\", \"context\": \"c\"}"))
        .isEqualTo(201);
    assertThat(post(repo + "/deployments", "{\"ref\": \"" + revision + "\"}")).isEqualTo(201);
    var id = github.deployments(REPOSITORY).getFirst().path("id").asLong();
    assertThat(post(repo + "/deployments/" + id + "/statuses", "{\"state\": \"in-progress\"}"))
        .isEqualTo(201);

    assertThat(github.statuses(REPOSITORY)).hasSize(1);
    assertThat(github.deployments(REPOSITORY).getFirst().path("statuses")).hasSize(1);
    assertThat(Json.text(get(repo + "/commits/" + revision + "/status"), "state"))
        .isEqualTo("pending");
    assertThat(Json.text(get(repo + "/branches/master"), "commit", "sha")).isEqualTo(revision);
  }

  private int post(String path, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(github.apiUrl() + path))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (var http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  private JsonNode get(String path) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(github.apiUrl() + path)).build();
    try (var http = HttpClient.newHttpClient()) {
      return Json.parse(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
  }
}
