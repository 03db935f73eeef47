package io.aviary.webhook;

import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.testhelper.ManualScheduler;
import com.github.kagkarlsson.scheduler.testhelper.SettableClock;
import com.github.kagkarlsson.scheduler.testhelper.TestHelper;
import io.aviary.release.AviaryProperties;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.Pipelines;
import io.aviary.release.step.Plan;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Primary;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/**
 * The webhook and the engine's tables, with time standing still, a repository that says what a test
 * wants and nobody who advances runs.
 */
@EnableAutoConfiguration
@EntityScan("io.aviary.release")
@EnableJpaRepositories("io.aviary.release")
@EnableConfigurationProperties({AviaryProperties.class, MissedPushProperties.class})
@ComponentScan(
    basePackages = {"io.aviary.release", "io.aviary.webhook"},
    excludeFilters = {
      @ComponentScan.Filter(type = FilterType.REGEX, pattern = ".*\\.engine\\.Dispatcher"),
      @ComponentScan.Filter(
          type = FilterType.REGEX,
          pattern = ".*(Test|Load|LoadServer|TestServer)(\\$.*)?")
    })
class TestServer {

  record Nothing() {}

  @Bean
  SettableClock settableClock() {
    var clock = new SettableClock();
    clock.set(Instant.parse("2026-11-24T09:00:00Z"));
    return clock;
  }

  @Bean
  @Primary
  InstantSource standingClock(SettableClock clock) {
    return clock::now;
  }

  /** As db-scheduler's starter builds it, but it runs only when told to. */
  @Bean
  ManualScheduler scheduler(DataSource database, List<Task<?>> tasks, SettableClock clock) {
    return TestHelper.createManualScheduler(new TransactionAwareDataSourceProxy(database), tasks)
        .clock(clock)
        .build();
  }

  @Bean
  FakeHistory history() {
    return new FakeHistory();
  }

  @Bean
  Pipelines pipelines() {
    return pipeline -> Plan.start().first("readSource", "readSource").plan();
  }

  @Bean
  StepBean<Nothing> readSource() {
    return new StepBean<>() {
      @Override
      public Class<Nothing> dataType() {
        return Nothing.class;
      }

      @Override
      public Outcome<Nothing> advance(StepContext<Nothing> step) {
        return Outcome.failed("there is no repository here");
      }

      @Override
      public Duration timeout(StepContext<Nothing> step) {
        return Duration.ofMinutes(1);
      }
    };
  }

  @Bean
  SecurityFilterChain open(HttpSecurity http) throws Exception {
    return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
        .csrf(csrf -> csrf.disable())
        .build();
  }
}
