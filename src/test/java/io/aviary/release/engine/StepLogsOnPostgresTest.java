package io.aviary.release.engine;

import io.aviary.database.Postgres;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;

/** The same on PostgreSQL. */
class StepLogsOnPostgresTest extends StepLogsTest {

  @Override
  EmbeddedDatabase open() {
    return Postgres.migrated();
  }
}
