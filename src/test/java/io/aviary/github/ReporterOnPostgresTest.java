package io.aviary.github;

import io.aviary.database.Postgres;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

/** The same on PostgreSQL. */
class ReporterOnPostgresTest extends ReporterTest {

  @Override
  EmbeddedDatabase open() {
    return Postgres.migrated();
  }
}
