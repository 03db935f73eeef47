package io.aviary.github;

import io.aviary.release.Actor;
import io.aviary.release.ApplicationProperties;
import io.aviary.release.Applications;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Urls;
import io.aviary.release.Webhooks;
import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditEntry;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes webhooks at GitHub, asked by a person or by the configuration. */
final class GitHubWebhooks implements Webhooks {

  private static final Logger log = LoggerFactory.getLogger(GitHubWebhooks.class);
  private static final Set<String> NOBODY_ELSE_REACHES = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Applications applications;
  private final HooksClient hooks;
  private final URI server;
  private final boolean isGitHubItself;
  private final Audit audit;

  /**
   * @param server how GitHub reaches this server
   */
  GitHubWebhooks(Applications applications, HooksClient hooks, URI server, URI api, Audit audit) {
    this.applications = applications;
    this.hooks = hooks;
    this.server = server;
    this.isGitHubItself = "api.github.com".equals(api.getHost());
    this.audit = audit;
  }

  static String address(URI server) {
    return Urls.below(server, "/webhooks/github").toString();
  }

  @Override
  public Registered register(String name, Actor actor) {
    var application =
        applications.find(name).orElseThrow(() -> ReleaseRefusedException.unknownApplication(name));
    if (isGitHubItself && NOBODY_ELSE_REACHES.contains(String.valueOf(server.getHost()))) {
      throw ReleaseRefusedException.conflict(
          "GitHub cannot reach " + server + ": set aviary.url to the address that it can");
    }
    try {
      var made = register(application);
      if (made.made()) {
        audit.add(
            AuditEntry.Kind.SYSTEM,
            actor,
            "create webhook",
            application.repository() + " → " + made.url(),
            name,
            null);
      }
      return made;
    } catch (GitHubRest.RefusedException e) {
      throw ReleaseRefusedException.conflict(e.getMessage() + "; " + advice(e.status()));
    } catch (IOException e) {
      throw ReleaseRefusedException.conflict(String.valueOf(e.getMessage()));
    }
  }

  private Registered register(ApplicationProperties application) throws IOException {
    var url = address(server);
    var there = hooks.find(application, url);
    if (there.isPresent()) {
      return new Registered(there.get().id(), url, false);
    }
    var made = hooks.create(application, url, application.webhookSecrets().getFirst());
    return new Registered(made.id(), url, true);
  }

  private static String advice(int status) {
    return switch (status) {
      case 401 -> "the token is wrong or has expired: set aviary.github.token";
      case 403, 404 ->
          "the token needs write access to the repository's webhooks (admin:repo_hook, or Webhooks:"
              + " read and write), and the repository must be spelled right";
      default -> "try again later, or create it in the repository's settings";
    };
  }

  /**
   * For {@code aviary.github.webhooks}: all of them, and what cannot be made is said in the log.
   */
  void registerAll() {
    for (var application : applications.all()) {
      try {
        var hook = register(application.name(), new Actor("configuration", null));
        if (hook.made()) {
          log.info("webhook {} of {} was created", hook.id(), application.repository());
        }
      } catch (ReleaseRefusedException e) {
        log.warn("no webhook was made for {}: {}", application.name(), e.getMessage());
      }
    }
  }
}
