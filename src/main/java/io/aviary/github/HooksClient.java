package io.aviary.github;

import io.aviary.release.ApplicationProperties;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Webhooks of a repository and their deliveries, as GitHub has them. */
final class HooksClient {

  private final GitHubRest rest;

  HooksClient(GitHubRest rest) {
    this.rest = rest;
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
    return rest.list(application, hooks(application) + "?per_page=100", hook -> false).stream()
        .map(
            hook ->
                new Hook(hook.path("id").longValue(), hook.path("config").path("url").asString("")))
        .filter(hook -> hook.url().equals(url))
        .findFirst();
  }

  /** For pushes, signed with the secret. */
  Hook create(ApplicationProperties application, String url, String secret) throws IOException {
    var made =
        rest.post(
            application,
            hooks(application),
            Map.of(
                "name",
                "web",
                "active",
                true,
                "events",
                List.of("push"),
                "config",
                Map.of("url", url, "content_type", "json", "secret", secret, "insecure_ssl", "0")));
    return new Hook(made.path("id").longValue(), url);
  }

  /** Attempts since a moment, the newest first. */
  List<Attempt> attempts(ApplicationProperties application, long hook, Instant since)
      throws IOException {
    var path = hooks(application) + "/" + hook + "/deliveries?per_page=100";
    return rest.list(application, path, it -> attempt(it).at().isBefore(since)).stream()
        .map(HooksClient::attempt)
        .filter(attempt -> !attempt.at().isBefore(since))
        .toList();
  }

  /** Asks for a delivery to be sent again, under the same guid. */
  void again(ApplicationProperties application, long hook, long attempt) throws IOException {
    var _ =
        rest.post(
            application,
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

  private static String hooks(ApplicationProperties application) {
    return "/repos/" + application.repository() + "/hooks";
  }
}
