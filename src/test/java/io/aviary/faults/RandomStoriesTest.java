package io.aviary.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.Actor;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.engine.TransitionsDoor;
import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.ExampleCommits.Change;
import io.aviary.simulation.GitHubStandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Pushes, cancels, deaths, outages, redeliveries and jumps of the clock in any order and at any
 * time: no run is lost, stuck or doubled, and production is what the last good release made of it.
 * The seed is printed; {@code -Dfaults.stories} says how many are told.
 */
@Tag("random")
class RandomStoriesTest {

  private static final Actor PERSON = new Actor("finch", "127.0.0.1");

  /** A story takes seconds; one that takes this long is stuck. */
  private static final Duration LONGEST = Duration.ofMinutes(2);

  @SuppressWarnings("NullAway.Init")
  private static Laboratory laboratory;

  private static int commits;

  @BeforeContainer
  static void build() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("target"), "random-stories");
    laboratory = new Laboratory(folder, "jdbc:h2:mem:random", "supersede");
  }

  @AfterContainer
  static void close() {
    laboratory.close();
  }

  /** What comes of a commit, if it is left alone. */
  enum Kind {
    GOOD,
    DOES_NOT_BUILD,
    CANARY_IS_NEVER_READY,
    GATE_FAILS,
    PRODUCTION_IS_NEVER_READY;

    ExampleCommits commit() {
      commits++;
      return switch (this) {
        case GOOD -> with();
        case DOES_NOT_BUILD -> with(Change.DOES_NOT_BUILD);
        case CANARY_IS_NEVER_READY ->
            with(Change.NEVER_READY).replace("aviary.yml", "canary:\n", "canary:\n  timeout: 1m\n");
        case GATE_FAILS -> with(Change.VERSION_FAILS);
        case PRODUCTION_IS_NEVER_READY ->
            with(Change.PRODUCTION_NEVER_READY)
                .replace("aviary.yml", "production:\n", "production:\n  timeout: 1m\n");
      };
    }

    private static ExampleCommits with(Change... changes) {
      var all =
          Stream.concat(
                  Stream.of(Change.QUICK_WARM_UP, Change.QUICK_ROLLOUT, Change.THREE_REPLICAS),
                  Stream.of(changes))
              .toArray(Change[]::new);
      return ExampleCommits.with(all)
          .numbered(String.valueOf(commits))
          .replace("aviary.yml", "traffic: 10", "traffic: 25");
    }
  }

  /** Something that happens so many rounds of the server's work after what was before. */
  sealed interface Event {
    int after();

    record Push(int after, Kind kind) implements Event {}

    /** Of the run that is newest then. */
    record Cancel(int after) implements Event {}

    /** The server dies within so many boundaries. */
    record Death(int after, int within) implements Event {}

    /** Something cannot be reached for so many rounds. */
    record Outage(int after, String service, int rounds) implements Event {}

    /** Of the oldest or the newest push. */
    record Redelivery(int after, boolean oldest) implements Event {}

    record ClockJump(int after, int seconds) implements Event {}
  }

  @Provide
  Arbitrary<List<Event>> events() {
    var after = Arbitraries.integers().between(0, 40);
    Arbitrary<Event> push =
        Combinators.combine(after, Arbitraries.of(Kind.class)).as(Event.Push::new);
    Arbitrary<Event> cancel = after.map(Event.Cancel::new);
    Arbitrary<Event> death =
        Combinators.combine(after, Arbitraries.integers().between(1, 80)).as(Event.Death::new);
    Arbitrary<Event> outage =
        Combinators.combine(
                after,
                Arbitraries.of("cluster", "registry", "git"),
                Arbitraries.integers().between(1, 12))
            .as(Event.Outage::new);
    Arbitrary<Event> redelivery =
        Combinators.combine(after, Arbitraries.of(true, false)).as(Event.Redelivery::new);
    Arbitrary<Event> jump =
        Combinators.combine(after, Arbitraries.integers().between(-20, 60))
            .as(Event.ClockJump::new);
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(4, push),
            net.jqwik.api.Tuple.of(2, cancel),
            net.jqwik.api.Tuple.of(4, death),
            net.jqwik.api.Tuple.of(2, outage),
            net.jqwik.api.Tuple.of(1, redelivery),
            net.jqwik.api.Tuple.of(1, jump))
        .list()
        .ofMinSize(2)
        .ofMaxSize(9);
  }

  @Property(shrinking = ShrinkingMode.OFF)
  void endWithNoRunLostStuckOrDoubled(@ForAll("events") List<Event> events) {
    tell(events);
  }

  private void tell(List<Event> events) {
    laboratory.reset();
    laboratory.makeProduction();
    var before = laboratory.productionPods();
    var pushes = new ArrayList<GitHubStandIn.Delivery>();
    var deadline = System.nanoTime() + LONGEST.toNanos();
    try (var supervisor = new Supervisor(laboratory)) {
      var first = laboratory.push(Kind.GOOD.commit(), "first");
      pushes.add(first);
      deliver(supervisor, first);
      for (var event : events) {
        rounds(supervisor, event.after(), deadline);
        happen(supervisor, event, pushes, deadline);
      }
      while (!laboratory.allRunsAreFinal()) {
        rounds(supervisor, 1, deadline);
      }
      check(before, pushes);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("in " + events + "\n" + laboratory.ending(), e);
    }
  }

  private static void rounds(Supervisor supervisor, int number, long deadline) {
    for (var round = 0; round < number; round++) {
      supervisor.goOn();
      assertThat(laboratory.runsThatMayChangeTheCluster())
          .as("one run changes the cluster at a time")
          .isLessThanOrEqualTo(1);
      if (System.nanoTime() > deadline) {
        throw new AssertionError("stuck after deaths at " + supervisor.died());
      }
    }
  }

  private static void happen(
      Supervisor supervisor, Event event, List<GitHubStandIn.Delivery> pushes, long deadline) {
    switch (event) {
      case Event.Push push -> {
        var delivery = laboratory.push(push.kind().commit(), push.kind().name());
        pushes.add(delivery);
        deliver(supervisor, delivery);
      }
      case Event.Cancel any -> cancel(supervisor);
      case Event.Death death -> laboratory.fate.dieWithin(death.within());
      case Event.Outage outage -> {
        laboratory.away(outage.service());
        rounds(supervisor, outage.rounds(), deadline);
        laboratory.back(outage.service());
      }
      case Event.Redelivery redelivery ->
          deliver(supervisor, redelivery.oldest() ? pushes.getFirst() : pushes.getLast());
      case Event.ClockJump jump -> laboratory.clock.jump(Duration.ofSeconds(jump.seconds()));
    }
  }

  /** Again and again until somebody answers. */
  private static void deliver(Supervisor supervisor, GitHubStandIn.Delivery delivery) {
    while (!supervisor.attempt(
        server -> {
          var _ = server.receive(delivery, Laboratory.SECRET);
        })) {}
  }

  private static void cancel(Supervisor supervisor) {
    var newest = laboratory.database.sql("SELECT MAX(id) FROM run").query(Long.class).single();
    while (!supervisor.attempt(
        server -> {
          try {
            var _ = server.interventions().cancel(newest, PERSON, "at random");
          } catch (ReleaseRefusedException e) {
            // It has ended, is ending already, or has gone too far.
          }
        })) {}
  }

  private static void check(List<String> before, List<GitHubStandIn.Delivery> pushes) {
    var runs = laboratory.runs();
    var revisions = new HashMap<String, Integer>();
    for (var run : runs) {
      assertThat(run.ending()).as("%s", run).isNull();
      assertThat(String.valueOf(run.reason()))
          .as("nothing is left behind")
          .doesNotContain("the undo failed");
      if (run.isCanary()) {
        revisions.merge(run.revision(), 1, Integer::sum);
        var children =
            runs.stream().filter(child -> Long.valueOf(run.id()).equals(child.parentId())).count();
        assertThat(children)
            .as("production runs of %s", run)
            .isEqualTo(run.status().equals("SUCCEEDED") ? 1 : 0);
      }
    }
    assertThat(revisions.values()).as("one run a commit").allMatch(count -> count == 1);
    assertThat(revisions.keySet())
        .as("no push is lost")
        .containsExactlyInAnyOrderElementsOf(
            pushes.stream().map(push -> Story.revision(push.payload())).distinct().toList());

    Laboratory.await(() -> laboratory.cluster.isQuiet(Duration.ofMillis(40)));
    assertThat(laboratory.createdTwice())
        .as("but the canary, whose name is the same in each run")
        .allMatch(object -> object.contains("/ornithology-canary "));
    var ending = laboratory.ending();
    assertThat(ending.objects())
        .as("nothing but production is left")
        .allMatch(
            object ->
                object.equals("Deployment ornithology")
                    || object.equals("Service ornithology")
                    || object.startsWith("Pod of ReplicaSet ornithology "));
    var released = !runs.stream().allMatch(Laboratory.RunRow::isCanary);
    if (!released) {
      assertThat(laboratory.productionPods()).as("production is untouched").isEqualTo(before);
    }
    assertThat(laboratory.productionPods()).hasSize(3);
    assertThat(laboratory.imagesOfProduction())
        .as("production is what the last good release made of it")
        .containsExactly(laboratory.imageOfLastGoodRelease());
    assertThat(laboratory.history.gatesPassedWithoutEvidence()).isEmpty();
    assertThat(laboratory.history.stepsAndRuns().filter(line -> !TransitionsDoor.areAllowed(line)))
        .as("transitions outside of the table")
        .isEmpty();
    assertThat(new HashSet<>(ending.pushes()))
        .as("no image is built twice")
        .hasSameSizeAs(ending.pushes());
  }
}
