package io.aviary.github;

import io.aviary.release.Applications;
import io.aviary.release.AviaryProperties;
import io.aviary.release.Runs;
import io.aviary.release.masking.Masking;
import java.time.InstantSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** There is something to report with: a token, or an app. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GitHubProperties.class)
@ConditionalOnExpression(
    "${aviary.github.report:true} and"
        + " ('${aviary.github.token:}' != '' or '${aviary.github.app.id:}' != '')")
class GitHubConfiguration {

  @Bean
  Reports gitHubReports(JdbcClient jdbc) {
    return new Reports(jdbc);
  }

  @Bean
  Reporter gitHubReporter(
      Reports reports,
      Connections connections,
      GitHubRest rest,
      Runs runs,
      Applications applications,
      AviaryProperties server,
      Masking masking,
      InstantSource clock) {
    return new Reporter(
        reports, connections, new Told(rest), runs, applications, server, masking, clock);
  }

  @Bean
  GitHubOutbox gitHubOutbox(
      Reports reports,
      Reporter reporter,
      Runs runs,
      InstantSource clock,
      GitHubProperties properties) {
    return new GitHubOutbox(reports, reporter, runs, clock, properties.comments());
  }
}
