package io.aviary.notify;

import io.aviary.database.Postgres;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

/** The same on PostgreSQL. */
class OutboxOnPostgresTest extends OutboxTest {

  @Override
  EmbeddedDatabase open() {
    return Postgres.migrated();
  }
}
