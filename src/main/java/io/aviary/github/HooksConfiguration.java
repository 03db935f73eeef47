package io.aviary.github;

import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.aviary.release.Applications;
import io.aviary.release.AviaryProperties;
import io.aviary.release.Deliveries;
import io.aviary.release.LiveConfiguration;
import io.aviary.release.audit.Audit;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** There is something to ask GitHub with: a token, or an app. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GitHubProperties.class)
@ConditionalOnExpression("'${aviary.github.token:}' != '' or '${aviary.github.app.id:}' != ''")
class HooksConfiguration {

  private static final Logger log = LoggerFactory.getLogger(HooksConfiguration.class);
  private static final Duration PAUSE = Duration.ofMinutes(10);

  @Bean
  Connections gitHubConnections(
      LiveConfiguration configuration, GitHubProperties properties, InstantSource clock) {
    return new Connections(() -> configuration.current().github(), properties.app(), clock);
  }

  @Bean
  GitHubRest gitHubRest(AviaryProperties server, Connections connections, JsonMapper json) {
    return new GitHubRest(server.github().apiUrl(), connections, json);
  }

  @Bean
  HooksClient gitHubHooks(GitHubRest rest) {
    return new HooksClient(rest);
  }

  @Bean
  GitHubWebhooks gitHubWebhooks(
      Applications applications, HooksClient hooks, AviaryProperties server, Audit audit) {
    return new GitHubWebhooks(applications, hooks, server.url(), server.github().apiUrl(), audit);
  }

  /** Whoever is not there yet is no reason to start later. */
  @Bean
  ApplicationListener<ApplicationReadyEvent> webhooksOfTheConfiguration(
      GitHubProperties properties, GitHubWebhooks webhooks) {
    return ready -> {
      if (properties.webhooks()) {
        var _ = Thread.ofVirtual().name("github-webhooks").start(webhooks::registerAll);
      }
    };
  }

  /** By one server of several. */
  @Bean
  Task<Void> gitHubRedeliveries(
      GitHubProperties properties,
      Applications applications,
      Deliveries deliveries,
      HooksClient hooks,
      AviaryProperties server,
      InstantSource clock) {
    var redeliveries = new Redeliveries(applications, deliveries, hooks, server.url(), clock);
    return Tasks.recurring("github-redeliveries", FixedDelay.of(PAUSE))
        .execute(
            (instance, context) -> {
              if (properties.redeliver()) {
                var asked = redeliveries.ask();
                if (asked > 0) {
                  log.info("asked GitHub for {} deliveries again", asked);
                }
              }
            });
  }
}
