package io.aviary.webhook;

import io.aviary.database.OnPostgres;

/** Missed pushes on PostgreSQL. */
@OnPostgres
class MissedPushesOnPostgresTest extends MissedPushesTest {}
