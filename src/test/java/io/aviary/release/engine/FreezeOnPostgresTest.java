package io.aviary.release.engine;

import io.aviary.database.OnPostgres;

/** Freezes on PostgreSQL. */
@OnPostgres
class FreezeOnPostgresTest extends FreezeTest {}
