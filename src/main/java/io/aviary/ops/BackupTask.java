package io.aviary.ops;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.nio.file.Path;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.beans.factory.BeanRegistry.SupplierContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Backs the embedded database up where a folder is configured for that. */
@Configuration(proxyBeanMethods = false)
@Import(BackupTask.Parts.class)
class BackupTask {

  private static final Logger log = LoggerFactory.getLogger(BackupTask.class);

  /** Chosen when a server starts: a condition would be looked at when the jar is made (ADR 7). */
  static final class Parts implements BeanRegistrar {

    @Override
    public void register(BeanRegistry registry, Environment environment) {
      if (environment.containsProperty("aviary.backup.folder")) {
        registry.registerBean(
            "backup",
            new ParameterizedTypeReference<RecurringTask<Void>>() {},
            spec -> spec.supplier(BackupTask::task));
      }
    }
  }

  private static RecurringTask<Void> task(SupplierContext of) {
    var properties = of.bean(BackupProperties.class);
    var backup =
        new Backup(
            of.bean(JdbcClient.class),
            folder(properties),
            properties.keep(),
            of.bean(InstantSource.class));
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
