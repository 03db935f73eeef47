package io.aviary.release.engine;

import io.aviary.database.OnPostgres;

/** The engine's rules on PostgreSQL. */
@OnPostgres
class EngineOnPostgresTest extends EngineTest {}
