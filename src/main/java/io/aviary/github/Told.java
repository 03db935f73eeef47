package io.aviary.github;

import io.aviary.release.ApplicationProperties;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * Whether GitHub was told something already, by its own word. It is asked only where an attempt was
 * begun whose success is not on record: the server died, or the answer was lost.
 */
final class Told {

  private static final List<Integer> NOTHING_THERE = List.of(404, 422);

  private final GitHubRest rest;

  Told(GitHubRest rest) {
    this.rest = rest;
  }

  /**
   * What a status says.
   *
   * @param state in GitHub's words
   * @param url of the run; empty: none
   */
  record Saying(String state, String description, String url) {}

  /**
   * Whether this is the newest status of its context at the commit.
   *
   * @param repository as GitHub calls it now, owner/name
   */
  boolean isStatus(
      ApplicationProperties application,
      String repository,
      String revision,
      String context,
      Saying saying)
      throws IOException {
    return isNewest(
        application,
        "/repos/" + repository + "/commits/" + revision + "/statuses?per_page=100",
        status -> status.path("context").asString("").equals(context),
        saying,
        "target_url");
  }

  /**
   * Whether this is the newest status of the deployment.
   *
   * @param repository as GitHub calls it now, owner/name
   */
  boolean isDeploymentStatus(
      ApplicationProperties application, String repository, long deployment, Saying saying)
      throws IOException {
    return isNewest(
        application,
        "/repos/" + repository + "/deployments/" + deployment + "/statuses?per_page=1",
        status -> true,
        saying,
        "log_url");
  }

  /** GitHub lists the newest first. */
  private boolean isNewest(
      ApplicationProperties application,
      String path,
      Predicate<JsonNode> isMeant,
      Saying saying,
      String url)
      throws IOException {
    try {
      return rest.list(application, path, isMeant).stream()
          .filter(isMeant)
          .findFirst()
          .map(
              status ->
                  new Saying(
                      status.path("state").asString(""),
                      status.path("description").asString(""),
                      status.path(url).asString("")))
          .filter(saying::equals)
          .isPresent();
    } catch (GitHubRest.RefusedException e) {
      // Telling it will say what is wrong.
      if (NOTHING_THERE.contains(e.status())) {
        return false;
      }
      throw e;
    }
  }
}
