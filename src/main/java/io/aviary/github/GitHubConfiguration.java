package io.aviary.github;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.aviary.release.Applications;
import io.aviary.release.AviaryProperties;
import io.aviary.release.Deliveries;
import io.aviary.release.LiveConfiguration;
import io.aviary.release.Runs;
import io.aviary.release.audit.Audit;
import io.aviary.release.masking.Masking;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.beans.factory.BeanRegistry.SupplierContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** GitHub's webhooks, and what it is told, where there is a token, or an app, to ask it with. */
@Configuration(proxyBeanMethods = false)
@Import(GitHubConfiguration.Parts.class)
class GitHubConfiguration {

  private static final Logger log = LoggerFactory.getLogger(GitHubConfiguration.class);
  private static final Duration PAUSE = Duration.ofMinutes(10);

  /** Chosen when a server starts: a condition would be looked at when the jar is made (ADR 7). */
  static final class Parts implements BeanRegistrar {

    @Override
    public void register(BeanRegistry registry, Environment environment) {
      if (!isSet(environment, "aviary.github.token")
          && !isSet(environment, "aviary.github.app.id")) {
        return;
      }
      registry.registerBean(
          Connections.class, spec -> spec.supplier(GitHubConfiguration::connections));
      registry.registerBean(
          GitHubRest.class,
          spec ->
              spec.supplier(
                  of ->
                      new GitHubRest(
                          of.bean(AviaryProperties.class).github().apiUrl(),
                          of.bean(Connections.class),
                          of.bean(JsonMapper.class))));
      registry.registerBean(
          HooksClient.class,
          spec -> spec.supplier(of -> new HooksClient(of.bean(GitHubRest.class))));
      registry.registerBean(
          GitHubWebhooks.class, spec -> spec.supplier(GitHubConfiguration::webhooks));
      registry.registerBean(
          ConfiguredWebhooks.class,
          spec ->
              spec.supplier(
                  of ->
                      new ConfiguredWebhooks(
                          of.bean(GitHubProperties.class), of.bean(GitHubWebhooks.class))));
      registry.registerBean(
          "gitHubRedeliveries",
          new ParameterizedTypeReference<RecurringTask<Void>>() {},
          spec -> spec.supplier(GitHubConfiguration::redeliveries));
      if (environment.getProperty("aviary.github.report", Boolean.class, true)) {
        registry.registerBean(
            Reports.class, spec -> spec.supplier(of -> new Reports(of.bean(JdbcClient.class))));
        registry.registerBean(Reporter.class, spec -> spec.supplier(GitHubConfiguration::reporter));
        registry.registerBean(
            GitHubOutbox.class, spec -> spec.supplier(GitHubConfiguration::outbox));
      }
    }

    private static boolean isSet(Environment environment, String key) {
      return !environment.getProperty(key, "").isEmpty();
    }
  }

  private static Connections connections(SupplierContext of) {
    var configuration = of.bean(LiveConfiguration.class);
    return new Connections(
        () -> configuration.current().github(),
        of.bean(GitHubProperties.class).app(),
        of.bean(InstantSource.class));
  }

  private static GitHubWebhooks webhooks(SupplierContext of) {
    var server = of.bean(AviaryProperties.class);
    return new GitHubWebhooks(
        of.bean(Applications.class),
        of.bean(HooksClient.class),
        server.url(),
        server.github().apiUrl(),
        of.bean(Audit.class));
  }

  private static Reporter reporter(SupplierContext of) {
    return new Reporter(
        of.bean(Reports.class),
        of.bean(Connections.class),
        new Told(of.bean(GitHubRest.class)),
        of.bean(Runs.class),
        of.bean(Applications.class),
        of.bean(AviaryProperties.class),
        of.bean(Masking.class),
        of.bean(InstantSource.class));
  }

  private static GitHubOutbox outbox(SupplierContext of) {
    return new GitHubOutbox(
        of.bean(Reports.class),
        of.bean(Reporter.class),
        of.bean(Runs.class),
        of.bean(InstantSource.class),
        of.bean(GitHubProperties.class).comments());
  }

  /** By one server of several. */
  private static RecurringTask<Void> redeliveries(SupplierContext of) {
    var properties = of.bean(GitHubProperties.class);
    var redeliveries =
        new Redeliveries(
            of.bean(Applications.class),
            of.bean(Deliveries.class),
            of.bean(HooksClient.class),
            of.bean(AviaryProperties.class).url(),
            of.bean(InstantSource.class));
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
