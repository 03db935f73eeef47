package io.aviary.ops;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Backups of the embedded database. PostgreSQL has its own tools for that.
 *
 * @param folder where they are written, better on another disk; null: none are made
 * @param every between the end of one and the next
 * @param keep so many of the newest stay
 */
@ConfigurationProperties("aviary.backup")
record BackupProperties(
    @Nullable Path folder, @DefaultValue("24h") Duration every, @DefaultValue("7") int keep) {

  BackupProperties {
    if (every.compareTo(Duration.ofMinutes(1)) < 0 || keep < 1) {
      throw new IllegalArgumentException(
          "aviary.backup: every must be at least 1m and keep at least 1, not %s and %d"
              .formatted(every, keep));
    }
  }
}
