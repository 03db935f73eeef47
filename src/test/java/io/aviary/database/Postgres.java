package io.aviary.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL server, from binaries that Maven brings; no Docker. It is started at the first
 * use and ends with this process.
 */
public final class Postgres {

  private static final AtomicInteger databases = new AtomicInteger();
  private static @Nullable EmbeddedPostgres shared;

  private Postgres() {}

  /** URL of a new, empty database, user and password included. */
  public static synchronized String newDatabase() {
    if (shared == null) {
      shared = start();
    }
    return newDatabase(shared);
  }

  private static String newDatabase(EmbeddedPostgres server) {
    var name = "aviary" + databases.incrementAndGet();
    try (var connection = server.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return server.getJdbcUrl("postgres", name);
  }

  private static EmbeddedPostgres start() {
    try {
      return EmbeddedPostgres.builder()
          .setPGStartupWait(Duration.ofMinutes(2))
          .setServerConfig("max_connections", "300")
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL for tests does not start", e);
    }
  }
}
