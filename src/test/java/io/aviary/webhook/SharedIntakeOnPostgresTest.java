package io.aviary.webhook;

import io.aviary.database.OnPostgres;

/** Deliveries that share a transaction on PostgreSQL. */
@OnPostgres
class SharedIntakeOnPostgresTest extends SharedIntakeTest {}
