package io.aviary.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Writes the embedded database into a file from which {@code docs/operating.md} tells how to
 * restore it. Runs go on meanwhile; the file is the database as it was at one moment.
 */
final class Backup {

  private static final String PREFIX = "aviary-";
  private static final String SUFFIX = ".zip";
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final JdbcClient jdbc;
  private final Path folder;
  private final int keep;
  private final InstantSource clock;

  Backup(JdbcClient jdbc, Path folder, int keep, InstantSource clock) {
    this.jdbc = jdbc;
    this.folder = folder;
    this.keep = keep;
    this.clock = clock;
  }

  /** False where the database is another one than H2. */
  boolean isPossible() {
    return jdbc.sql("SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'SETTINGS'")
            .query(Integer.class)
            .single()
        > 0;
  }

  /**
   * Writes one and removes those beyond the newest.
   *
   * @throws UncheckedIOException if the folder cannot be written to
   */
  Path write() {
    try {
      Files.createDirectories(folder);
      var file = folder.resolve(PREFIX + NAME.format(clock.instant()) + SUFFIX);
      var partial = folder.resolve(file.getFileName() + ".part");
      jdbc.sql("BACKUP TO ?").param(partial.toString()).update();
      // Whole or not there: nobody restores half a backup.
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      for (var old : all().stream().skip(keep).toList()) {
        Files.deleteIfExists(old);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the database could not be backed up into " + folder.toAbsolutePath(), e);
    }
  }

  /** The newest first. */
  private List<Path> all() throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(PREFIX))
          .filter(file -> file.getFileName().toString().endsWith(SUFFIX))
          .sorted(Comparator.comparing(Path::getFileName).reversed())
          .toList();
    }
  }
}
