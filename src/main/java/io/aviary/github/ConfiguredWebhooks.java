package io.aviary.github;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * Creates the applications' webhooks where the configuration asks for it. Whoever is not there yet
 * is no reason to start later.
 */
record ConfiguredWebhooks(GitHubProperties properties, GitHubWebhooks webhooks)
    implements ApplicationListener<ApplicationReadyEvent> {

  @Override
  public void onApplicationEvent(ApplicationReadyEvent ready) {
    if (properties.webhooks()) {
      var _ = Thread.ofVirtual().name("github-webhooks").start(webhooks::registerAll);
    }
  }
}
