package io.aviary.webhook;

import io.aviary.release.step.Outcome;
import io.aviary.release.step.Pipelines;
import io.aviary.release.step.Plan;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** What the webhook's neighbours would bring, as little of it as will do. */
class Surroundings {

  record Nothing() {}

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
