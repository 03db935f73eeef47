package io.aviary.webhook;

import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The durable tasks beside the runs. */
@Configuration(proxyBeanMethods = false)
class WebhookTasks {

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  @Bean
  Task<Void> whichPathsChangedTask(PathQuestions questions) {
    return Tasks.oneTime(PathQuestions.TASK)
        .onFailure(
            (failed, task) ->
                task.reschedule(
                    failed,
                    failed
                        .getTimeDone()
                        .plus(pause(failed.getExecution().consecutiveFailures + 1))))
        .execute((instance, context) -> questions.answer(Long.parseLong(instance.getId())));
  }

  @Bean
  Task<Void> missedPushesTask(MissedPushes missed, MissedPushProperties properties) {
    return Tasks.recurring(MissedPushes.TASK, FixedDelay.of(properties.missedPushPoll()))
        .execute((instance, context) -> missed.look());
  }

  /** 2 s, 4 s, 8 s … 5 min. */
  static Duration pause(int failures) {
    var seconds = Math.min(LONGEST_PAUSE.toSeconds(), 1L << Math.min(failures, 10));
    return Duration.ofSeconds(seconds);
  }
}
