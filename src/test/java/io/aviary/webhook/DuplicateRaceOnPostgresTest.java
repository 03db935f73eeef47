package io.aviary.webhook;

import io.aviary.database.OnPostgres;

/** Deliveries that arrive at the same moment on PostgreSQL. */
@OnPostgres
class DuplicateRaceOnPostgresTest extends DuplicateRaceTest {}
