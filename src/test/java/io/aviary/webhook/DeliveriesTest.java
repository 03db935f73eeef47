package io.aviary.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.Actor;
import io.aviary.release.DeliveryFilter;
import io.aviary.release.DeliveryView;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.ReleaseRefusedException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Looking deliveries up, and having one processed again. */
class DeliveriesTest extends WebhookTest {

  private static final String BIRDS = "otomato/birds";
  private static final Actor PERSON = new Actor("finch", "10.0.0.7");

  private final String a = Pushes.commit();
  private final String b = Pushes.commit();

  @Test
  void newestFirstInPages() {
    for (var i = 0; i < 5; i++) {
      send("current", "issues", "id-" + i, issue(BIRDS));
    }

    var first = deliveries.search(DeliveryFilter.ALL, 0, 2);
    var last = deliveries.search(DeliveryFilter.ALL, 2, 2);

    assertThat(first.total()).isEqualTo(5);
    assertThat(first.items()).extracting(DeliveryView::id).containsExactly("id-4", "id-3");
    assertThat(first.items().getFirst().applications()).hasSize(1);
    assertThat(last.items()).extracting(DeliveryView::id).containsExactly("id-0");
    assertThat(deliveries.search(DeliveryFilter.ALL, 3, 2).items()).isEmpty();
  }

  @Test
  void byApplicationAndVerdict() {
    send("of nest", "push", "id-1", Pushes.body("otomato/nest", a, b));
    send("current", "issues", "id-2", issue(BIRDS));

    assertThat(ids(null, Verdict.ACCEPTED)).containsExactly("id-1");
    assertThat(ids("nest", null)).containsExactly("id-1");
    assertThat(ids("egg", Verdict.ACCEPTED)).isEmpty();
    assertThat(ids("egg", Verdict.IGNORED)).containsExactly("id-1");
    assertThat(ids("birds", Verdict.IGNORED)).containsExactly("id-2");
    assertThat(ids("nobody", null)).isEmpty();
  }

  @Test
  void unknownOnes() {
    assertThat(deliveries.find("nothing")).isEmpty();
    assertThat(deliveries.body("nothing")).isEmpty();
    assertThatThrownBy(() -> deliveries.replay("nothing", PERSON))
        .isInstanceOfSatisfying(
            ReleaseRefusedException.class,
            it -> assertThat(it.kind()).isEqualTo(ReleaseRefusedException.Kind.UNKNOWN));
  }

  @Test
  void aReplayOfWhatMadeARunNamesIt() {
    var run = send("current", "push", "id-1", Pushes.body(BIRDS, a, b)).run("birds");

    var view = deliveries.replay("id-1", PERSON);

    assertThat(view.verdict()).isEqualTo(Verdict.DUPLICATE);
    assertThat(view.applications().getFirst().run()).isEqualTo(run);
    assertThat(view.applications().getFirst().by()).isEqualTo("finch");
    assertThat(view.earlier()).hasSize(1);
    assertThat(view.earlier().getFirst().verdict()).isEqualTo(Verdict.ACCEPTED);
    assertThat(view.earlier().getFirst().run()).isEqualTo(run);
    assertThat(view.earlier().getFirst().by()).isEqualTo("aviary");
    assertThat(count("run")).isEqualTo(1);
  }

  @Test
  void aReplayObeysTheRulesOfNow() {
    send("current", "push", "id-1", Pushes.body(BIRDS, a, b));
    jdbc.sql("UPDATE delivery_verdict SET verdict = 'IGNORED', run_id = NULL").update();
    jdbc.sql("DELETE FROM run_record").update();
    jdbc.sql("DELETE FROM run_step").update();
    jdbc.sql("DELETE FROM run").update();

    var view = deliveries.replay("id-1", PERSON);

    assertThat(view.verdict()).isEqualTo(Verdict.ACCEPTED);
    var run = runs.find(Objects.requireNonNull(view.applications().getFirst().run())).orElseThrow();
    assertThat(run.revision()).isEqualTo(b);
    assertThat(run.triggeredBy()).isEqualTo("finch");
    assertThat(run.message()).isEqualTo("Tell birds apart");
  }

  @Test
  void aReplayDoesNotReleaseWhatWasRolledBack() {
    var run = send("current", "push", "id-1", Pushes.body(BIRDS, a, b)).run("birds");
    runEnds(run, "ROLLED_BACK");

    assertThat(deliveries.replay("id-1", PERSON).verdict()).isEqualTo(Verdict.IGNORED);
  }

  @Test
  void aReplayOfAnOlderPushDoesNotMoveTheHeadBack() {
    send(
        "current",
        "push",
        "id-1",
        Pushes.body(BIRDS, "refs/heads/master", Pushes.commit(), a, "[no ci]", false));
    send("current", "push", "id-2", Pushes.body(BIRDS, a, b));

    deliveries.replay("id-1", PERSON);

    assertThat(head("birds")).isEqualTo(b);
  }

  @Test
  void aReplayWhileGitIsBeingAskedChangesNothing() {
    history.changed(a, b, "services/wing/api.py");
    send("of wing", "push", "id-1", Pushes.body("otomato/wing", a, b));

    var view = deliveries.replay("id-1", PERSON);
    scheduler.runAnyDueExecutions();

    assertThat(view.applications().getFirst().reason()).isEqualTo("asking git which paths changed");
    assertThat(count("run")).isEqualTo(1);
  }

  @Test
  void whoMaySeeOneApplicationFindsDeliveriesThatConcernNoOther() {
    var shared = Pushes.body(BIRDS, a, b);
    send("current", "push", "of-both", shared);
    send("of songs", "push", "of-both", shared);
    send("current", "push", "of-birds", Pushes.body(BIRDS, b, Pushes.commit()));
    send("of nest", "push", "of-nest", Pushes.body("otomato/nest", a, b));

    assertThat(idsWithin(Set.of("birds"), null)).containsExactly("of-birds");
    assertThat(idsWithin(Set.of("birds", "songs"), null)).containsExactly("of-birds", "of-both");
    assertThat(idsWithin(Set.of("birds", "songs"), "songs")).containsExactly("of-both");
    assertThat(idsWithin(Set.of("birds"), "nest")).isEmpty();
    assertThat(idsWithin(Set.of(), null)).isEmpty();
    assertThat(deliveries.search(DeliveryFilter.ALL.within(Set.of("birds")), 0, 10).total())
        .isEqualTo(1);
  }

  private java.util.List<String> idsWithin(Set<String> within, @Nullable String application) {
    return deliveries
        .search(new DeliveryFilter(application, null).within(within), 0, 10)
        .items()
        .stream()
        .map(DeliveryView::id)
        .toList();
  }

  private java.util.List<String> ids(@Nullable String application, @Nullable Verdict verdict) {
    return deliveries.search(new DeliveryFilter(application, verdict), 0, 10).items().stream()
        .map(DeliveryView::id)
        .toList();
  }

  private static String issue(String repository) {
    return "{\"action\": \"opened\", \"repository\": {\"full_name\": \"" + repository + "\"}}";
  }
}
