package io.aviary.gates;

import io.aviary.gates.judge.Look;
import io.aviary.gates.judge.Reading;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks in a table of their own: a hold has hundreds, and the data of a step is read and written
 * whole at each of its calls.
 */
@Component
class StoredLooks implements GateLooks {

  private final JdbcClient jdbc;
  private final JsonMapper json;

  StoredLooks(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  @Override
  public void add(Place place, int number, Stored stored) {
    var look = stored.look();
    try {
      jdbc.sql(
              "INSERT INTO gate_look (run_id, step, metric, look, at, canary, other, requests)"
                  + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
          .params(
              Arrays.asList(
                  place.run(),
                  place.gate(),
                  place.metric(),
                  number,
                  look.at().atOffset(ZoneOffset.UTC),
                  json(look.canary()),
                  look.other() == null ? null : json(look.other()),
                  stored.requests()))
          .update();
    } catch (DuplicateKeyException e) {
      // Stored by a call that did not live to tell.
    }
  }

  @Override
  public List<Stored> of(Place place) {
    return jdbc.sql(
            "SELECT at, canary, other, requests FROM gate_look"
                + " WHERE run_id = ? AND step = ? AND metric = ? ORDER BY look")
        .params(place.run(), place.gate(), place.metric())
        .query(
            (row, n) ->
                new Stored(
                    new Look(
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        json.readValue(row.getString("canary"), Reading.class),
                        reading(row.getString("other"))),
                    row.getObject("requests", Double.class)))
        .list();
  }

  private @Nullable Reading reading(@Nullable String text) {
    return text == null ? null : json.readValue(text, Reading.class);
  }

  private String json(Reading reading) {
    return json.writerFor(Reading.class).writeValueAsString(reading);
  }
}
