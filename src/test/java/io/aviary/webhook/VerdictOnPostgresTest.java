package io.aviary.webhook;

import io.aviary.database.OnPostgres;

/** Verdicts on PostgreSQL. */
@OnPostgres
class VerdictOnPostgresTest extends VerdictTest {}
