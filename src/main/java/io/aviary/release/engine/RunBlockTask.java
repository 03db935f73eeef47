package io.aviary.release.engine;

import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Blocks of runs are made behind the runs, every minute, by one server of several. */
@Configuration(proxyBeanMethods = false)
class RunBlockTask {

  private static final Logger log = LoggerFactory.getLogger(RunBlockTask.class);
  private static final Duration PAUSE = Duration.ofMinutes(1);

  @Bean
  Task<Void> runBlocksTask(RunBlocks blocks) {
    return Tasks.recurring("run-blocks", FixedDelay.of(PAUSE))
        .execute((instance, context) -> fill(blocks));
  }

  private static void fill(RunBlocks blocks) {
    var made = blocks.fill();
    if (made > 0) {
      log.info("made {} blocks of runs, for lists", made);
    }
  }
}
