package io.aviary.github;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.NetworkFaults;
import io.aviary.release.Urls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** GitHub's REST API, where the library has it not or only half of it. */
final class GitHubRest {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration TO_CONNECT = Duration.ofSeconds(5);
  private static final int MOST_PAGES = 10;
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>;\\s*rel=\"next\"");

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(TO_CONNECT)
          // A token goes to the address that was configured and to no other.
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final String api;
  private final Connections connections;
  private final JsonMapper json;

  GitHubRest(URI api, Connections connections, JsonMapper json) {
    this.api = Urls.withoutSlash(api);
    this.connections = connections;
    this.json = json;
  }

  /** GitHub's answer was no success. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final String said;
    private final transient Map<String, List<String>> headers;

    RefusedException(String host, int status, String said, Map<String, List<String>> headers) {
      super(host + " answered " + status + (said.isBlank() ? "" : ": " + said));
      this.status = status;
      this.said = said;
      this.headers = headers;
    }

    int status() {
      return status;
    }

    /** In GitHub's words; empty: it gave no reason. */
    String said() {
      return said;
    }

    Map<String, List<String>> headers() {
      return headers;
    }
  }

  /**
   * The items of a list, page by page.
   *
   * @param path below the API's root, and query
   * @param isEnough no page is read behind one that has such an item
   */
  List<JsonNode> list(ApplicationProperties application, String path, Predicate<JsonNode> isEnough)
      throws IOException {
    var found = new ArrayList<JsonNode>();
    @Nullable String next = api + path;
    for (var page = 0; next != null && page < MOST_PAGES; page++) {
      var answer = call(application, "GET", next, null);
      var items = read(answer);
      items.forEach(found::add);
      next =
          items.valueStream().anyMatch(isEnough)
              ? null
              : answer
                  .headers()
                  .firstValue("Link")
                  .map(NEXT::matcher)
                  .filter(link -> link.find())
                  .map(link -> link.group(1))
                  // Nobody else gets the token.
                  .filter(address -> address.startsWith(api + "/"))
                  .orElse(null);
    }
    return found;
  }

  /**
   * @param path below the API's root
   * @param body null: none
   * @return what GitHub has made of it; missing: it says nothing
   */
  JsonNode post(ApplicationProperties application, String path, @Nullable Object body)
      throws IOException {
    return read(call(application, "POST", api + path, body));
  }

  private JsonNode read(HttpResponse<String> answer) throws IOException {
    try {
      return json.readTree(answer.body());
    } catch (JacksonException e) {
      throw new IOException(host() + " answered with something that is no JSON", e);
    }
  }

  private HttpResponse<String> call(
      ApplicationProperties application, String method, String address, @Nullable Object body)
      throws IOException {
    var request =
        HttpRequest.newBuilder(URI.create(address))
            .timeout(PATIENCE)
            .header("Accept", "application/vnd.github+json")
            .header("X-GitHub-Api-Version", "2022-11-28")
            .header("Authorization", connections.authorization(application))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    var answer = send(request.build());
    if (answer.statusCode() / 100 != 2) {
      throw new RefusedException(
          host(), answer.statusCode(), words(answer), answer.headers().map());
    }
    return answer;
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IOException(
          host() + " was not reached: " + NetworkFaults.words(e, TO_CONNECT, PATIENCE), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the server stops");
    }
  }

  private String words(HttpResponse<String> answer) {
    try {
      return json.readTree(answer.body()).path("message").asString("");
    } catch (JacksonException e) {
      return "";
    }
  }

  private String host() {
    return URI.create(api).getHost();
  }
}
