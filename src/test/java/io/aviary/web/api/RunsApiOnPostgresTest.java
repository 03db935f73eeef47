package io.aviary.web.api;

import io.aviary.database.OnPostgres;

/** The list of runs and all its filters on PostgreSQL. */
@OnPostgres
class RunsApiOnPostgresTest extends RunsApiTest {}
