package io.aviary.github;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How GitHub is reported to. Without a token and without an app nothing is reported.
 *
 * @param token a personal access token that may write commit statuses, deployments and comments
 * @param app instead of a token
 * @param report false: nothing is reported
 * @param comments whether the pull request that brought a commit is commented on
 */
@ConfigurationProperties("aviary.github")
record GitHubProperties(
    @DefaultValue("https://api.github.com") URI apiUrl,
    @Nullable String token,
    @Nullable App app,
    @DefaultValue("true") boolean report,
    @DefaultValue("true") boolean comments) {

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

  boolean isUsable() {
    return report && (app != null || (token != null && !token.isBlank()));
  }

  @Override
  public String toString() {
    return "GitHub[apiUrl="
        + apiUrl
        + ", by="
        + (app != null ? app : token == null ? "nobody" : "a token")
        + "]";
  }
}
