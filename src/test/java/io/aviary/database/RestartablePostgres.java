package io.aviary.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server of a test's own that is stopped and started again with its data. */
public final class RestartablePostgres implements AutoCloseable {

  private final Path folder;
  private final int port;
  private @Nullable EmbeddedPostgres running;

  /**
   * Starts it.
   *
   * @param folder for its data
   */
  public RestartablePostgres(Path folder) {
    this.folder = folder;
    try (var socket = new ServerSocket(0)) {
      this.port = socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
  }

  public String url() {
    return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres";
  }

  public void start() {
    try {
      running =
          EmbeddedPostgres.builder()
              .setPGStartupWait(Duration.ofMinutes(2))
              .setPort(port)
              .setDataDirectory(folder)
              .setCleanDataDirectory(false)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its connections end; what had been committed stays. */
  public void stop() {
    var server = running;
    if (server != null) {
      running = null;
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    stop();
  }
}
