package io.aviary.gates;

import io.aviary.database.Postgres;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

/** The same on PostgreSQL. */
class StoredLooksOnPostgresTest extends StoredLooksTest {

  @Override
  EmbeddedDatabase open() {
    return Postgres.migrated();
  }
}
