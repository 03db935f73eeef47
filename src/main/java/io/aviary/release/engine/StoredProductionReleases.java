package io.aviary.release.engine;

import io.aviary.release.ProductionReleases;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Production's releases in the database. */
@Component
@Transactional
class StoredProductionReleases implements ProductionReleases {

  /** How far a release came. */
  private enum State {
    ROLLING_OUT,
    LIVE,
    OVER,
    UNDONE
  }

  private static final TypeReference<Map<String, String>> IMAGES = new TypeReference<>() {};
  private static final TypeReference<List<Map<String, Object>>> OBJECTS = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final InstantSource clock;

  StoredProductionReleases(JdbcClient jdbc, JsonMapper json, InstantSource clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<ProductionRelease> live(String application) {
    return jdbc.sql(
            "SELECT * FROM production_release WHERE application = ? AND state = 'LIVE' ORDER BY id DESC FETCH FIRST 1 ROW ONLY")
        .param(application)
        .query(this::read)
        .optional();
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<ProductionRelease> ofRun(long run) {
    return jdbc.sql("SELECT * FROM production_release WHERE run_id = ?")
        .param(run)
        .query(this::read)
        .optional();
  }

  @Override
  public void recordExisting(String application, List<Map<String, Object>> objects) {
    var known =
        jdbc.sql("SELECT COUNT(*) FROM production_release WHERE application = ?")
            .param(application)
            .query(Integer.class)
            .single();
    if (known == 0) {
      insert(
          new ProductionRelease(application, null, null, Map.of(), objects, clock.instant()),
          State.LIVE);
    }
  }

  @Override
  public void recordIntent(ProductionRelease release) {
    if (release.run() == null) {
      throw new IllegalArgumentException("release 0 is no intent");
    }
    if (ofRun(release.run()).isEmpty()) {
      insert(release, State.ROLLING_OUT);
    }
  }

  @Override
  public void rolledOver(long run) {
    var now = now();
    jdbc.sql(
            "UPDATE production_release SET state = 'OVER', over_at = ? WHERE state = 'LIVE' AND run_id IS DISTINCT FROM ?"
                + " AND application = (SELECT application FROM run WHERE id = ?)")
        .params(now, run, run)
        .update();
    jdbc.sql(
            "UPDATE production_release SET state = 'LIVE', live_at = ? WHERE run_id = ? AND state = 'ROLLING_OUT'")
        .params(now, run)
        .update();
  }

  @Override
  public void undone(long run) {
    jdbc.sql(
            "UPDATE production_release SET state = 'UNDONE', over_at = ? WHERE run_id = ? AND state = 'ROLLING_OUT'")
        .params(now(), run)
        .update();
  }

  private void insert(ProductionRelease release, State state) {
    jdbc.sql(
            "INSERT INTO production_release (application, run_id, revision, images, objects, state, made_at, live_at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            Arrays.asList(
                release.application(),
                release.run(),
                release.revision(),
                json.writeValueAsString(release.images()),
                json.writeValueAsString(release.objects()),
                state.name(),
                now(),
                state == State.LIVE ? now() : null))
        .update();
  }

  private OffsetDateTime now() {
    return clock.instant().atOffset(ZoneOffset.UTC);
  }

  private ProductionRelease read(ResultSet row, int number) throws SQLException {
    var live = row.getObject("live_at", OffsetDateTime.class);
    return new ProductionRelease(
        row.getString("application"),
        (Long) row.getObject("run_id"),
        row.getString("revision"),
        json.readValue(row.getString("images"), IMAGES),
        json.readValue(row.getString("objects"), OBJECTS),
        live == null ? null : live.toInstant());
  }
}
