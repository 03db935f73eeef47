package io.aviary.gates;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.database.InMemory;
import io.aviary.gates.GateLooks.Place;
import io.aviary.gates.GateLooks.Stored;
import io.aviary.gates.judge.Look;
import io.aviary.gates.judge.Reading;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import tools.jackson.databind.json.JsonMapper;

class StoredLooksTest {

  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");
  private static final Place PLACE = new Place(1, "watchQuarter", "error-rate");

  private final EmbeddedDatabase database = open();
  private final GateLooks looks = new StoredLooks(JdbcClient.create(database), JsonMapper.shared());

  EmbeddedDatabase open() {
    return InMemory.with("V1__runs.sql", "V5__looks.sql");
  }

  @BeforeEach
  void aRun() {
    JdbcClient.create(database)
        .sql(
            "INSERT INTO run (application, pipeline, status, revision, branch, trigger_kind, created_at, plan_version, turn)"
                + " VALUES ('birds', 'CANARY', 'RUNNING', 'a', 'master', 'PUSH', NOW(), 1, 'HELD')")
        .update();
  }

  @AfterEach
  void away() {
    database.shutdown();
  }

  @Test
  void whatIsStoredComesBackInOrder() {
    var first = stored(new Reading.Counts(null, 812.5), new Reading.Counts(1.0, 800), 1700.25);
    var second = stored(new Reading.Unavailable("http://prom away"), new Reading.NoData(), null);
    var third = stored(new Reading.Values(List.of(0.25, 0.5)), null, null);
    looks.add(PLACE, 2, second);
    looks.add(PLACE, 1, first);
    looks.add(PLACE, 10, third);

    assertThat(looks.of(PLACE)).containsExactly(first, second, third);
    assertThat(looks.of(new Place(1, "watchQuarter", "latency"))).isEmpty();
    assertThat(looks.of(new Place(2, "watchQuarter", "error-rate"))).isEmpty();
  }

  @Test
  void whatWasMeasuredFirstStays() {
    var first = stored(new Reading.Counts(0.0, 100), null, null);
    looks.add(PLACE, 1, first);
    looks.add(PLACE, 1, stored(new Reading.Counts(99.0, 100), null, null));

    assertThat(looks.of(PLACE)).containsExactly(first);
  }

  @Test
  void numbersThatAreNoneAreKept() {
    looks.add(
        PLACE, 1, stored(new Reading.Counts(Double.NaN, Double.POSITIVE_INFINITY), null, null));

    assertThat(looks.of(PLACE).getFirst().look().canary())
        .isEqualTo(new Reading.Counts(Double.NaN, Double.POSITIVE_INFINITY));
  }

  private static Stored stored(Reading canary, @Nullable Reading other, @Nullable Double requests) {
    return new Stored(new Look(NOW, canary, other), requests);
  }
}
