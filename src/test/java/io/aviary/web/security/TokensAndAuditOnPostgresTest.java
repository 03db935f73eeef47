package io.aviary.web.security;

import io.aviary.database.OnPostgres;

/** Tokens and the audit on PostgreSQL. */
@OnPostgres
class TokensAndAuditOnPostgresTest extends TokensAndAuditTest {}
