package io.aviary.github;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is reported to GitHub. Without an app it is done with {@code aviary.github.token}, which
 * then has to be allowed to write commit statuses, deployments and comments; without either nothing
 * is reported.
 *
 * @param app instead of a token
 * @param report false: nothing is reported
 * @param comments whether the pull request that brought a commit is commented on
 * @param webhooks whether each application's webhook is created when the server starts, if there is
 *     none with its address
 * @param redeliver whether deliveries that did not arrive are asked for again
 */
@ConfigurationProperties("aviary.github")
record GitHubProperties(
    @Nullable App app,
    @DefaultValue("true") boolean report,
    @DefaultValue("true") boolean comments,
    @DefaultValue("false") boolean webhooks,
    @DefaultValue("true") boolean redeliver) {

  /**
   * A GitHub App.
   *
   * @param id its number, or its client id
   * @param privateKey PEM, PKCS#8 or as GitHub hands it out (PKCS#1)
   * @param installation null: the one of the repository's owner
   */
  record App(String id, String privateKey, @Nullable Long installation) {
    @Override
    public String toString() {
      return "App[id=" + id + "]";
    }
  }
}
