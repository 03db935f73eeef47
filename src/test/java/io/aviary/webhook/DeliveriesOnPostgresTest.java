package io.aviary.webhook;

import io.aviary.database.OnPostgres;

/** Deliveries on PostgreSQL. */
@OnPostgres
class DeliveriesOnPostgresTest extends DeliveriesTest {}
