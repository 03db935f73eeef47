package io.aviary.endtoend;

import io.aviary.house.LeftOut;
import io.aviary.simulation.GitHubStandIn;
import io.aviary.simulation.Hub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A stand-in for GitHub that runs beside the cluster and is told over HTTP what people do. */
public final class SharedHub implements Hub {

  private static final JsonMapper JSON = new JsonMapper();

  private final String url;
  private final String gitUrl;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /**
   * @param url of the stand-in
   * @param gitUrl root of its repositories for pods
   */
  SharedHub(String url, String gitUrl) {
    this.url = url;
    this.gitUrl = gitUrl;
  }

  /**
   * The one at {@code TEST_GITHUB_URL}, whose repositories are at {@code TEST_GIT_URL}. Without
   * them the test is left out, and says so; in CI they must be there.
   */
  public static SharedHub demanded() {
    return LeftOut.unless(
        setting("TEST_GITHUB_URL")
            .flatMap(url -> setting("TEST_GIT_URL").map(gitUrl -> new SharedHub(url, gitUrl))),
        "what a stand-in for GitHub hears, because TEST_GITHUB_URL and TEST_GIT_URL name none",
        "TEST_GITHUB_URL and TEST_GIT_URL must name a stand-in for GitHub in CI");
  }

  private static Optional<String> setting(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
  }

  @Override
  public String apiUrl() {
    return url + "/api/v3";
  }

  @Override
  public String cloneUrl(String repository) {
    return gitUrl + "/" + repository + ".git";
  }

  @Override
  public void hook(String repository, String hookUrl, String secret) {
    var _ = tell("hook", Map.of("repo", repository, "url", hookUrl, "secret", secret));
  }

  @Override
  public Pushed push(
      String repository, Map<String, String> files, String message, String branch, boolean force) {
    try {
      var folder = Files.createTempDirectory("push");
      for (var file : files.entrySet()) {
        var path = folder.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
        if (file.getValue().startsWith("#!") && !path.toFile().setExecutable(true)) {
          throw new IOException(path + " cannot be made executable");
        }
      }
      var answer =
          tell(
              "push",
              Map.of(
                  "repo",
                  repository,
                  "dir",
                  folder.toString(),
                  "message",
                  message,
                  "branch",
                  branch,
                  "force",
                  force));
      delete(folder);
      return new Pushed(
          answer.get("sha").asString(),
          answer.get("deliveries").valueStream().map(each -> delivery(repository, each)).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
      for (var path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Override
  public Pushed moveBranch(String repository, String branch, String revision) {
    throw new UnsupportedOperationException("the shared stand-in cannot move a branch");
  }

  @Override
  public Pushed deleteBranch(String repository, String branch) {
    throw new UnsupportedOperationException("tests on a real cluster delete no branch");
  }

  @Override
  public GitHubStandIn.Delivery redeliver(String guid) {
    throw new UnsupportedOperationException("name the repository: redeliver(repository, guid)");
  }

  GitHubStandIn.Delivery redeliver(String repository, String guid) {
    return delivery(repository, tell("redeliver", Map.of("repo", repository, "delivery", guid)));
  }

  @Override
  public List<GitHubStandIn.Delivery> deliveries(String repository) {
    return list(repository, "deliveries").stream().map(each -> delivery(repository, each)).toList();
  }

  @Override
  public List<JsonNode> statuses(String repository) {
    return list(repository, "statuses");
  }

  @Override
  public List<JsonNode> deployments(String repository) {
    return list(repository, "deployments");
  }

  private List<JsonNode> list(String repository, String what) {
    return tell("list", Map.of("repo", repository, "what", what)).valueStream().toList();
  }

  private static GitHubStandIn.Delivery delivery(String repository, JsonNode json) {
    return new GitHubStandIn.Delivery(
        json.get("id").asLong(),
        json.get("guid").asString(),
        repository,
        json.get("hook_id").asLong(),
        json.get("event").asString(),
        Instant.parse(json.get("delivered_at").asString()),
        json.get("redelivery").asBoolean(),
        json.get("status_code").asInt(),
        "",
        json.path("answer").asString(""));
  }

  private JsonNode tell(String what, Map<String, ?> document) {
    var request =
        HttpRequest.newBuilder(URI.create(url + "/_/" + what))
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(document)))
            .build();
    try {
      var answer = http.send(request, BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(
            url + "/_/" + what + " answered " + answer.statusCode() + ": " + answer.body());
      }
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException("no stand-in for GitHub at " + url, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
