package io.aviary.web.ui;

import io.aviary.database.OnPostgres;

/** What pages ask the database on PostgreSQL. */
@OnPostgres
class PagesOnPostgresTest extends PagesTest {}
