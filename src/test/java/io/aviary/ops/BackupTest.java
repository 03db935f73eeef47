package io.aviary.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.tools.Restore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

class BackupTest {

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-11-25T03:00:00Z");
  private final InstantSource clock = () -> now;

  @Test
  void whatWasBackedUpWhileTheServerRunsIsThereAfterARestore() throws Exception {
    Path file;
    try (var database = new Database(folder.resolve("live"))) {
      database.jdbc.sql("INSERT INTO audit_like VALUES (1, 'before')").update();
      file = backup(database, 7).write();
      database.jdbc.sql("INSERT INTO audit_like VALUES (2, 'after')").update();
    }
    assertThat(file).hasFileName("aviary-2026-11-25T030000Z.zip");

    Restore.execute(file.toString(), folder.resolve("restored").toString(), null);

    try (var restored = new Database(folder.resolve("restored"))) {
      assertThat(
              restored
                  .jdbc
                  .sql("SELECT text FROM audit_like")
                  .query((row, n) -> row.getString(1))
                  .list())
          .containsExactly("before");
      assertThat(restored.jdbc.sql("SELECT COUNT(*) FROM run").query(Integer.class).single())
          .isZero();
    }
  }

  @Test
  void onlyTheNewestStay() throws Exception {
    try (var database = new Database(folder.resolve("live"))) {
      var backup = backup(database, 2);
      for (var day = 0; day < 4; day++) {
        backup.write();
        now = now.plus(Duration.ofDays(1));
      }
    }

    try (var files = Files.list(folder.resolve("backups"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "aviary-2026-11-27T030000Z.zip", "aviary-2026-11-28T030000Z.zip");
    }
  }

  private Backup backup(Database database, int keep) {
    assertThat(new Backup(database.jdbc, folder, keep, clock).isPossible()).isTrue();
    return new Backup(database.jdbc, folder.resolve("backups"), keep, clock);
  }

  /** The server's database in a folder, open as by a server that runs. */
  private static final class Database implements AutoCloseable {
    private final JdbcConnectionPool pool;
    private final JdbcClient jdbc;

    Database(Path folder) {
      pool =
          JdbcConnectionPool.create(
              "jdbc:h2:file:" + folder.resolve("aviary") + ";WRITE_DELAY=0", "sa", "");
      Flyway.configure().dataSource(pool).load().migrate();
      jdbc = JdbcClient.create(pool);
      jdbc.sql("CREATE TABLE IF NOT EXISTS audit_like (id INT, text VARCHAR)").update();
    }

    @Override
    public void close() {
      pool.dispose();
    }
  }
}
