package io.aviary.ops;

import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.nio.file.Path;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Backs the embedded database up where a folder is configured for that. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("aviary.backup.folder")
@EnableConfigurationProperties(BackupProperties.class)
class BackupTask {

  private static final Logger log = LoggerFactory.getLogger(BackupTask.class);

  @Bean
  Task<Void> backup(JdbcClient jdbc, BackupProperties properties, InstantSource clock) {
    var backup = new Backup(jdbc, folder(properties), properties.keep(), clock);
    return Tasks.recurring("backup", FixedDelay.of(properties.every()))
        .execute((instance, context) -> write(backup));
  }

  private static Path folder(BackupProperties properties) {
    var folder = properties.folder();
    if (folder == null) {
      throw new IllegalStateException("aviary.backup.folder is empty");
    }
    return folder;
  }

  private static void write(Backup backup) {
    if (!backup.isPossible()) {
      log.warn(
          "aviary.backup is for the embedded database in a file; PostgreSQL is backed up by its own tools");
      return;
    }
    try {
      log.info("the database was backed up to {}", backup.write());
    } catch (RuntimeException e) {
      log.error("the database could not be backed up: {}", e.getMessage(), e);
    }
  }
}
