package io.aviary.webhook;

import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.testhelper.ManualScheduler;
import com.github.kagkarlsson.scheduler.testhelper.SettableClock;
import com.github.kagkarlsson.scheduler.testhelper.TestHelper;
import io.aviary.release.AviaryProperties;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/**
 * The webhook and the engine's tables, with time standing still, a repository that says what a test
 * wants and nobody who advances runs.
 */
@EnableAutoConfiguration
@AutoConfigurationPackage(basePackages = "io.aviary")
@EnableConfigurationProperties({AviaryProperties.class, MissedPushProperties.class})
@Import({Surroundings.class, OpenDoor.class})
@ComponentScan(
    basePackages = {"io.aviary.release", "io.aviary.webhook"},
    excludeFilters = {
      @ComponentScan.Filter(type = FilterType.REGEX, pattern = ".*\\.engine\\.Dispatcher"),
      @ComponentScan.Filter(
          type = FilterType.REGEX,
          pattern = ".*Test(\\$.*)?|.*\\.webhook\\.(LiveServer|LoadServer|Surroundings|OpenDoor)")
    })
class TestServer {

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
}
