package io.aviary.release.engine;

import io.aviary.database.Postgres;
import javax.sql.DataSource;

/** The same on PostgreSQL. */
class RunRetentionOnPostgresTest extends RunRetentionTest {

  @Override
  DataSource open() {
    return Postgres.migrated();
  }
}
