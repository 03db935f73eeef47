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
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** GitHub's REST API of webhooks and their deliveries, which the library has only half of. */
final class HooksClient {

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
  private final URI api;
  private final Connections connections;
  private final JsonMapper json;

  HooksClient(URI api, Connections connections, JsonMapper json) {
    this.api = URI.create(Urls.withoutSlash(api));
    this.connections = connections;
    this.json = json;
  }

  /** GitHub's answer was no success. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;
    private final int status;

    RefusedException(int status, String message) {
      super(message);
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  /** A webhook of a repository. */
  record Hook(long id, String url) {}

  /**
   * An attempt to deliver.
   *
   * @param guid as in {@code X-GitHub-Delivery}; the same for each attempt
   * @param status of the answer; 0: there was none
   */
  record Attempt(long id, String guid, String event, int status, Instant at) {
    boolean isDelivered() {
      return status / 100 == 2;
    }
  }

  Optional<Hook> find(ApplicationProperties application, String url) throws IOException {
    return all(application, hooks(application) + "?per_page=100", null).stream()
        .map(
            hook ->
                new Hook(hook.path("id").longValue(), hook.path("config").path("url").asString("")))
        .filter(hook -> hook.url().equals(url))
        .findFirst();
  }

  /** For pushes, signed with the secret. */
  Hook create(ApplicationProperties application, String url, String secret) throws IOException {
    var made =
        read(
            call(
                application,
                "POST",
                hooks(application),
                Map.of(
                    "name",
                    "web",
                    "active",
                    true,
                    "events",
                    List.of("push"),
                    "config",
                    Map.of(
                        "url",
                        url,
                        "content_type",
                        "json",
                        "secret",
                        secret,
                        "insecure_ssl",
                        "0"))));
    return new Hook(made.path("id").longValue(), url);
  }

  /** Attempts since a moment, the newest first. */
  List<Attempt> attempts(ApplicationProperties application, long hook, Instant since)
      throws IOException {
    return all(application, hooks(application) + "/" + hook + "/deliveries?per_page=100", since)
        .stream()
        .map(HooksClient::attempt)
        .filter(attempt -> !attempt.at().isBefore(since))
        .toList();
  }

  /** Asks for a delivery to be sent again, under the same guid. */
  void again(ApplicationProperties application, long hook, long attempt) throws IOException {
    var _ =
        call(
            application,
            "POST",
            hooks(application) + "/" + hook + "/deliveries/" + attempt + "/attempts",
            null);
  }

  private static Attempt attempt(JsonNode node) {
    return new Attempt(
        node.path("id").longValue(),
        node.path("guid").asString(""),
        node.path("event").asString(""),
        node.path("status_code").intValue(),
        OffsetDateTime.parse(node.path("delivered_at").asString()).toInstant());
  }

  private String hooks(ApplicationProperties application) {
    return api + "/repos/" + application.repository() + "/hooks";
  }

  /**
   * @param since no page is read behind one that ends before it; null: all are
   */
  private List<JsonNode> all(
      ApplicationProperties application, String first, @Nullable Instant since) throws IOException {
    var found = new ArrayList<JsonNode>();
    @Nullable String next = first;
    for (var page = 0; next != null && page < MOST_PAGES; page++) {
      var answer = call(application, "GET", next, null);
      var items = read(answer);
      items.forEach(found::add);
      next =
          answer
              .headers()
              .firstValue("Link")
              .map(NEXT::matcher)
              .filter(link -> link.find())
              .map(link -> link.group(1))
              // Nobody else gets the token.
              .filter(address -> address.startsWith(api + "/"))
              .orElse(null);
      if (since != null && !found.isEmpty() && attempt(found.getLast()).at().isBefore(since)) {
        next = null;
      }
    }
    return found;
  }

  private JsonNode read(HttpResponse<String> answer) throws IOException {
    try {
      return json.readTree(answer.body());
    } catch (JacksonException e) {
      throw new IOException(api.getHost() + " answered with something that is no JSON", e);
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
          answer.statusCode(), api.getHost() + " answered " + answer.statusCode() + words(answer));
    }
    return answer;
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IOException(
          api.getHost() + " was not reached: " + NetworkFaults.words(e, TO_CONNECT, PATIENCE), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the server stops");
    }
  }

  private String words(HttpResponse<String> answer) {
    try {
      var message = json.readTree(answer.body()).path("message").asString("");
      return message.isBlank() ? "" : ": " + message;
    } catch (JacksonException e) {
      return "";
    }
  }
}
