package io.aviary.webhook;

import io.aviary.release.step.OneStep;
import io.aviary.release.step.Outcome;
import io.aviary.release.step.Pipelines;
import io.aviary.release.step.StepBean;
import org.springframework.context.annotation.Bean;

/** What the webhook's neighbours would bring, as little of it as will do. */
class Surroundings {

  @Bean
  FakeHistory history() {
    return new FakeHistory();
  }

  @Bean
  Pipelines pipelines() {
    return OneStep.pipelines();
  }

  @Bean
  StepBean<OneStep.Nothing> readSource() {
    return OneStep.thatEnds(Outcome.failed("there is no repository here"));
  }
}
