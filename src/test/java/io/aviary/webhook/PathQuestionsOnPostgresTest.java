package io.aviary.webhook;

import io.aviary.database.OnPostgres;

/** Questions about paths on PostgreSQL. */
@OnPostgres
class PathQuestionsOnPostgresTest extends PathQuestionsTest {}
