package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.database.Postgres;
import io.aviary.release.RetentionProperties;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class DeliveryRetentionTest {

  private static final Instant NOW = Instant.parse("2026-11-25T03:00:00Z");

  @SuppressWarnings("NullAway.Init")
  private JdbcClient jdbc;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oldOnesGoWithTheirBodiesAndVerdicts(boolean isH2) {
    open(isH2, "old");
    received("young", 89, false);
    received("old", 91, false);

    assertThat(retention(1000).clear()).isEqualTo(1);

    assertThat(ids()).containsExactly("young");
    assertThat(count("delivery_verdict")).isEqualTo(1);
    assertThat(count("delivery_body")).isEqualTo(1);
    assertThat(retention(1000).clear()).as("nothing is left to do").isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void beyondSoManyTheOldestGoButNoneThatGitHubMaySendAgain(boolean isH2) {
    open(isH2, "many");
    received("a", 60, false);
    received("b", 31, false);
    received("c", 29, false);
    received("d", 1, false);

    assertThat(retention(1).clear()).isEqualTo(2);

    assertThat(ids()).containsExactly("c", "d");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatIsNotDecidedYetStays(boolean isH2) {
    open(isH2, "asking");
    received("asks", 200, true);

    assertThat(retention(1000).clear()).isZero();

    assertThat(ids()).containsExactly("asks");
  }

  private void open(boolean isH2, String name) {
    var database =
        new DriverManagerDataSource(
            isH2 ? "jdbc:h2:mem:retention-" + name + ";DB_CLOSE_DELAY=-1" : Postgres.newDatabase());
    Flyway.configure().dataSource(database).load().migrate();
    jdbc = JdbcClient.create(database);
  }

  private DeliveryRetention retention(int atMost) {
    return new DeliveryRetention(
        jdbc,
        new RetentionProperties(
            Duration.ofDays(400), 50, 100_000, Duration.ofDays(90), Duration.ofDays(90), atMost),
        () -> NOW);
  }

  private void received(String id, int daysAgo, boolean asksGit) {
    var at = NOW.minus(Duration.ofDays(daysAgo)).atOffset(ZoneOffset.UTC);
    jdbc.sql(
            "INSERT INTO delivery (id, event, forced, deleted, received_at, verdict, reason, size_bytes, body_stored)"
                + " VALUES (?, 'push', FALSE, FALSE, ?, 'ACCEPTED', 'a push', 2, TRUE)")
        .param(id)
        .param(at)
        .update();
    var seq =
        jdbc.sql("SELECT seq FROM delivery WHERE id = ?").param(id).query(Long.class).single();
    jdbc.sql("INSERT INTO delivery_body (delivery, gzip) VALUES (?, ?)")
        .param(seq)
        .param(new byte[] {1})
        .update();
    jdbc.sql(
            "INSERT INTO delivery_verdict (delivery, application, verdict, reason, decided_at, decided_by, latest, asks_git)"
                + " VALUES (?, 'birds', 'ACCEPTED', 'a push', ?, 'aviary', TRUE, ?)")
        .param(seq)
        .param(at)
        .param(asksGit)
        .update();
  }

  private List<String> ids() {
    return jdbc.sql("SELECT id FROM delivery ORDER BY seq")
        .query((row, n) -> row.getString(1))
        .list();
  }

  private int count(String table) {
    return jdbc.sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single();
  }
}
