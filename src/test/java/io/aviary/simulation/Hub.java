package io.aviary.simulation;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Where a test pushes commits to, and which then calls the server's webhook: a GitHub. */
public interface Hub {

  /**
   * A push.
   *
   * @param revision 40 zeros: the branch was deleted
   * @param deliveries what the webhooks answered
   */
  record Pushed(String revision, List<GitHubStandIn.Delivery> deliveries) {}

  /** Root of the REST API. */
  String apiUrl();

  /** How the server and its cluster's pods reach the repository. */
  String cloneUrl(String repository);

  /** Registers a webhook for pushes, which gets a ping; replaces the one with that URL. */
  void hook(String repository, String url, String secret);

  /**
   * Commits files on a branch, as all that the commit holds, and sends the push event.
   *
   * @param repository owner/name; made where it is missing
   * @param files path to text
   * @param force without a parent: the branch forgets what it was
   */
  Pushed push(
      String repository, Map<String, String> files, String message, String branch, boolean force);

  /** On {@code master}. */
  default Pushed push(String repository, Map<String, String> files, String message) {
    return push(repository, files, message, "master", false);
  }

  /** Forces a branch to a commit that is there already, as {@code git push --force} does. */
  Pushed moveBranch(String repository, String branch, String revision);

  Pushed deleteBranch(String repository, String branch);

  /** Sends a delivery again, under the same id and with the same bytes. */
  GitHubStandIn.Delivery redeliver(String guid);

  /** What was sent for a repository, newest last. */
  List<GitHubStandIn.Delivery> deliveries(String repository);

  /** Commit statuses that were reported, newest first, as GitHub shows them. */
  List<JsonNode> statuses(String repository);

  /** Deployments that were reported, newest first, each with its {@code statuses}. */
  List<JsonNode> deployments(String repository);
}
