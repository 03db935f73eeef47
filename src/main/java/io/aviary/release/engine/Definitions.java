package io.aviary.release.engine;

import io.aviary.release.definition.ReleaseDefinition;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * What runs have read at their commits. A table of its own: lists look through many thousand runs,
 * and need none of it. Writes belong to the caller's transaction.
 */
@Component
class Definitions {

  private final JdbcClient jdbc;
  private final JsonMapper json;

  Definitions(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** Empty: the run has not read its commit. */
  Optional<ReleaseDefinition> of(long run) {
    return jdbc.sql("SELECT text FROM run_definition WHERE run_id = ?")
        .param(run)
        .query(String.class)
        .optional()
        .map(text -> json.readValue(text, ReleaseDefinition.class));
  }

  void put(long run, ReleaseDefinition definition) {
    jdbc.sql("INSERT INTO run_definition (run_id, text) VALUES (?, ?)")
        .params(run, json.writeValueAsString(definition))
        .update();
  }

  /** A run that goes on with what another one has read, if it has. */
  void takeOver(long from, long run) {
    jdbc.sql(
            "INSERT INTO run_definition (run_id, text) SELECT CAST(? AS BIGINT), text FROM"
                + " run_definition WHERE run_id = ?")
        .params(run, from)
        .update();
  }
}
