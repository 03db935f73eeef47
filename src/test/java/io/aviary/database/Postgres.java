package io.aviary.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

/**
 * A real PostgreSQL server, from binaries that Maven brings; no Docker. It is started at the first
 * use and ends with this process.
 */
public final class Postgres {

  private static final AtomicInteger databases = new AtomicInteger();
  private static @Nullable EmbeddedPostgres shared;

  /** Name of a database with all tables, to copy. */
  private static @Nullable String migrated;

  private Postgres() {}

  /** URL of a new, empty database, user and password included. */
  public static synchronized String newDatabase() {
    if (shared == null) {
      shared = start();
    }
    return newDatabase(shared, "");
  }

  /** A new database with all tables, for a test without a server; it need not be closed. */
  public static EmbeddedDatabase migrated() {
    final class Migrated extends DriverManagerDataSource implements EmbeddedDatabase {
      private Migrated(String url) {
        super(url);
      }

      @Override
      public void shutdown() {
        // It goes with the server.
      }
    }
    return new Migrated(copyOfMigrated());
  }

  private static synchronized String copyOfMigrated() {
    if (migrated == null) {
      var url = newDatabase();
      Flyway.configure().dataSource(url, null, null).load().migrate();
      migrated = "aviary" + databases.get();
    }
    return newDatabase(Objects.requireNonNull(shared), " TEMPLATE " + migrated);
  }

  private static String newDatabase(EmbeddedPostgres server, String how) {
    var name = "aviary" + databases.incrementAndGet();
    try (var connection = server.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name + how);
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
