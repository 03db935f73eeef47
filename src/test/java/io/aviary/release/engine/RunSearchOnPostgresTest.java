package io.aviary.release.engine;

import io.aviary.database.OnPostgres;

/** The same on PostgreSQL. */
@OnPostgres
class RunSearchOnPostgresTest extends RunSearchTest {}
