package io.aviary.release.audit;

import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The audit's retention. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AuditProperties.class)
class AuditTasks {

  private static final Logger log = LoggerFactory.getLogger(AuditTasks.class);

  @Bean
  Task<Void> auditRetentionTask(Audit audit, AuditProperties properties, InstantSource clock) {
    return Tasks.recurring("audit-retention", FixedDelay.of(Duration.ofHours(6)))
        .execute(
            (instance, context) -> {
              var removed = audit.forgetBefore(clock.instant().minus(properties.retention()));
              if (removed > 0) {
                log.info("removed {} audit entries older than {}", removed, properties.retention());
              }
            });
  }
}
