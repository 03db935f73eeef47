package io.aviary.ops;

import io.aviary.database.Postgres;
import javax.sql.DataSource;

/** The same on PostgreSQL. */
class SystemReportOnPostgresTest extends SystemReportTest {

  @Override
  DataSource open() {
    return Postgres.migrated();
  }

  @Override
  String product() {
    return "PostgreSQL";
  }
}
