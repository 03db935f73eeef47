package io.aviary.release.engine;

import static io.aviary.release.RunStatus.QUEUED;
import static io.aviary.release.RunStatus.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.Actor;
import io.aviary.release.Applications;
import io.aviary.release.Freezes;
import io.aviary.release.Interventions;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Releases;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.release.Trigger;
import io.aviary.release.WeeklySpan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Nothing new starts while frozen; what runs goes on. */
@SpringBootTest(
    classes = EngineTest.Server.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "spring.datasource.url=jdbc:h2:mem:freeze",
      "db-scheduler.enabled=false",
      "aviary.applications[0].name=birds",
      "aviary.applications[0].repository=otomato/birds",
      "aviary.applications[0].namespace=birds",
      "aviary.applications[0].webhook-secrets=s",
    })
class FreezeTest {

  private static final Actor PERSON = new Actor("finch", "127.0.0.1");

  @Autowired Engine engine;
  @Autowired Releases releases;
  @Autowired Interventions interventions;
  @Autowired Runs runs;
  @Autowired Freezes freezes;
  @Autowired Applications applications;
  @Autowired ScriptedStep steps;
  @Autowired ManualClock clock;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void freshStart() {
    steps.forget();
    jdbc.sql("DELETE FROM frozen").update();
    jdbc.sql("UPDATE application_turn SET run_id = NULL").update();
    jdbc.sql("DELETE FROM production_release").update();
    jdbc.sql("UPDATE run SET parent_id = NULL, child_id = NULL").update();
    jdbc.sql("DELETE FROM run").update();
  }

  @Test
  void aPushWaitsWithTheReasonAndGoesOnWhenItIsOver() {
    freezes.set("birds", "the fair", null, List.of(), PERSON);
    var run = push("a");

    assertThat(engine.advance(run)).isEqualTo(new Engine.Next.Nothing());

    assertThat(view(run).status()).isEqualTo(QUEUED);
    assertThat(view(run).reason()).isEqualTo("birds is frozen by finch: the fair");
    assertThat(steps.calls).isEmpty();

    assertThat(freezes.end("birds")).isTrue();
    assertThat(due()).contains(run);
    var _ = engine.advance(run);
    assertThat(view(run).status()).isEqualTo(SUCCEEDED);
    assertThat(view(run).reason()).isNull();
  }

  @Test
  void aFreezeWithAnEndWakesWhatWaits() {
    var until = clock.instant().plus(Duration.ofHours(1));
    freezes.set(null, "an audit", until, List.of(), PERSON);
    var run = push("a");

    assertThat(engine.advance(run)).isEqualTo(new Engine.Next.At(until));
    assertThat(view(run).reason())
        .isEqualTo("everything is frozen by finch until " + until + ": an audit");

    clock.advance(Duration.ofHours(1));
    var _ = engine.advance(run);
    assertThat(view(run).status()).isEqualTo(SUCCEEDED);
    assertThat(freezes.all()).isEmpty();
  }

  @Test
  void whatRunsGoesOn() {
    var waits = new boolean[] {true};
    steps.when(
        "gate1",
        step ->
            waits[0]
                ? io.aviary.release.step.Outcome.waitForCluster(null, "testing")
                : io.aviary.release.step.Outcome.done(new ScriptedStep.Note("ok")));
    var run = push("a");
    var _ = engine.advance(run);
    freezes.set("birds", "the fair", null, List.of(), PERSON);
    waits[0] = false;

    var _ = engine.advance(run);

    assertThat(view(run).status()).isEqualTo(SUCCEEDED);
  }

  @Test
  void whatWaitedForItsTurnWaitsOnAndDoesNotGetIt() {
    steps.when("gate1", step -> io.aviary.release.step.Outcome.waitForCluster(null, "testing"));
    var first = startedBy("a");
    var _ = engine.advance(first);
    var second = startedBy("b");
    freezes.set("birds", "the fair", null, List.of(), PERSON);
    var _ = engine.advance(second);
    assertThat(view(second).reason()).contains("frozen");

    var _ = interventions.cancel(first, PERSON, null);
    var _ = engine.advance(first);

    assertThat(
            jdbc.sql("SELECT COUNT(*) FROM application_turn WHERE run_id IS NOT NULL")
                .query(Integer.class)
                .single())
        .isZero();
  }

  @Test
  void anEarlierRevisionMayBeReleasedAgain() {
    var run = push("a");
    var _ = engine.advance(run);
    jdbc.sql(
            "INSERT INTO production_release (application, run_id, revision, images, objects, state,"
                + " made_at, live_at) VALUES ('birds', NULL, ?, '{}', '[]', 'OVER', NOW(), NOW())")
        .param("a".repeat(40))
        .update();
    var newer = push("b");
    var _ = engine.advance(newer);
    freezes.set("birds", "the fair", null, List.of(), PERSON);
    var birds = applications.find("birds").orElseThrow();

    var back = releases.startProduction(birds, "a".repeat(40), PERSON).id();
    var forward = releases.startProduction(birds, "b".repeat(40), PERSON).id();
    var _ = engine.advance(back);
    var _ = engine.advance(forward);

    assertThat(view(back).status()).isEqualTo(SUCCEEDED);
    assertThat(view(forward).status()).isEqualTo(QUEUED);
  }

  @Test
  void aFreezeThatIsOverAlreadyIsRefused() {
    assertThatThrownBy(
            () -> freezes.set("birds", "x", clock.instant().minusSeconds(1), List.of(), PERSON))
        .isInstanceOf(ReleaseRefusedException.class);
  }

  @Test
  void weekendsAreFrozenByASchedule() {
    var weekend = new WeeklySpan("FRI 16:00", "MON 08:00", "Europe/Berlin");
    // 2026-11-27 is a Friday; Berlin is at +01:00.
    assertThat(weekend.contains(Instant.parse("2026-11-27T14:59:00Z"))).isFalse();
    assertThat(weekend.contains(Instant.parse("2026-11-27T15:00:00Z"))).isTrue();
    assertThat(weekend.contains(Instant.parse("2026-11-30T06:59:59Z"))).isTrue();
    assertThat(weekend.contains(Instant.parse("2026-11-30T07:00:00Z"))).isFalse();
    assertThat(weekend.nextEnd(Instant.parse("2026-11-28T00:00:00Z")))
        .isEqualTo("2026-11-30T07:00:00Z");

    assertThatThrownBy(() -> new WeeklySpan("XYZ 16:00", "MON 08:00", null))
        .hasMessageContaining("FRI 16:00");
    assertThatThrownBy(() -> new WeeklySpan("MON 08:00", "MON 08:00", null))
        .hasMessageContaining("no end");
    assertThatThrownBy(() -> new WeeklySpan("MON 08:00", "TUE 08:00", "Mars"))
        .hasMessageContaining("Europe/Berlin");
  }

  @Test
  void aScheduleIsKept() {
    var spans = List.of(new WeeklySpan("MON 00:00", "SUN 23:59", null));
    freezes.set("birds", "nights", null, spans, PERSON);

    assertThat(freezes.all().getFirst().weekly()).isEqualTo(spans);
    assertThat(freezes.active("other")).isEmpty();
  }

  private List<Long> due() {
    return jdbc.sql("SELECT id FROM run WHERE wake_at <= ?")
        .param(clock.instant().atOffset(java.time.ZoneOffset.UTC))
        .query((row, n) -> row.getLong(1))
        .list();
  }

  private long push(String digit) {
    return start(digit, Trigger.PUSH);
  }

  private long startedBy(String digit) {
    return start(digit, Trigger.PERSON);
  }

  private long start(String digit, Trigger trigger) {
    return releases
        .startCanary(
            applications.find("birds").orElseThrow(), digit.repeat(40), trigger, PERSON, null, null)
        .id();
  }

  private RunView view(long run) {
    return runs.find(run).orElseThrow();
  }
}
