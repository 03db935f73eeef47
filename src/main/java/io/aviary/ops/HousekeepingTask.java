package io.aviary.ops;

import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.aviary.release.Housekeeping;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Clears away what is old, every hour, by one server of several. */
@Configuration(proxyBeanMethods = false)
class HousekeepingTask {

  private static final Logger log = LoggerFactory.getLogger(HousekeepingTask.class);
  private static final Duration PAUSE = Duration.ofHours(1);

  @Bean
  Task<Void> housekeeping(List<Housekeeping> all) {
    return Tasks.recurring("housekeeping", FixedDelay.of(PAUSE))
        .execute((instance, context) -> clear(all));
  }

  /** One that cannot be cleared now does not keep the others. */
  static void clear(List<Housekeeping> all) {
    for (var one : all) {
      try {
        var removed = one.clear();
        if (removed > 0) {
          log.info("housekeeping removed {} {}", removed, one.what());
        }
      } catch (RuntimeException e) {
        log.warn(
            "housekeeping could not clear {}, and tries again in {}: {}",
            one.what(),
            PAUSE,
            e.getMessage());
      }
    }
  }
}
