package io.aviary.faults;

import io.aviary.release.Actor;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.ExampleCommits.Change;
import io.aviary.simulation.GitHubStandIn;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What happens to one commit, told again and again with servers that die at other points. */
final class Story {

  private static final String NO_BUILD = "the image does not build";
  private static final Actor PERSON = new Actor("finch", "127.0.0.1");

  /** A story takes a second; one that takes this long is stuck. */
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** Something that people do once the time for it has come, and do again if nobody answered. */
  private record Act(String name, Predicate<Laboratory> when, Consumer<Server> doing) {}

  private final String name;
  private final boolean hasProduction;
  private final ExampleCommits commit;
  private final boolean isCancelled;
  private GitHubStandIn.@org.jspecify.annotations.Nullable Delivery pushed;

  private Story(String name, boolean hasProduction, ExampleCommits commit, boolean isCancelled) {
    this.name = name;
    this.hasProduction = hasProduction;
    this.commit = commit;
    this.isCancelled = isCancelled;
  }

  static List<Story> all() {
    return List.of(
        new Story("a good release", true, commit("good"), false),
        new Story("a gate fails", true, commit("gate", Change.VERSION_FAILS), false),
        new Story(
            "cancelled during the last gate",
            true,
            commit("cancel")
                .replace("aviary.yml", "[/tests/it/version_verify.sh]", "[sleep, \"86400\"]"),
            true),
        new Story(
            "production does not become ready",
            true,
            commit("production", Change.PRODUCTION_NEVER_READY)
                .replace("aviary.yml", "production:\n", "production:\n  timeout: 1m\n"),
            false),
        new Story(NO_BUILD, true, commit("build", Change.DOES_NOT_BUILD), false),
        new Story(
            "the canary does not become ready",
            true,
            commit("canary", Change.NEVER_READY)
                .replace("aviary.yml", "canary:\n", "canary:\n  timeout: 1m\n"),
            false),
        new Story("the first release ever", false, commit("first"), false));
  }

  private static ExampleCommits commit(String number, Change... changes) {
    var all =
        Stream.concat(
                Stream.of(Change.QUICK_WARM_UP, Change.QUICK_ROLLOUT, Change.THREE_REPLICAS),
                Stream.of(changes))
            .toArray(Change[]::new);
    return ExampleCommits.with(all)
        .numbered(number)
        .replace("aviary.yml", "traffic: 10", "traffic: 25");
  }

  /**
   * What is a matter of time: how far the other build is when the first one fails, and whether a
   * look falls into the moment in which a roll-out leaves the canary another share.
   */
  Pattern chance() {
    return Pattern.compile(
        name.equals(NO_BUILD)
            ? "buildTestImage|pushTestImage|ornitest"
            : "awaitRollout: the canary's share is not what it was");
  }

  /** How it ended, which boundaries the servers passed, and where they died. */
  record Told(
      Ending ending, List<String> boundaries, List<String> died, List<String> createdTwice) {
    int deaths() {
      return died.size();
    }
  }

  /**
   * Tells it.
   *
   * @param deaths as the supervisor takes them
   */
  Told tell(Laboratory laboratory, int... deaths) {
    laboratory.reset();
    if (pushed == null) {
      pushed = laboratory.push(commit, name);
    } else {
      laboratory.hub.moveBranch(Laboratory.REPOSITORY, "master", revision(pushed.payload()));
    }
    if (hasProduction) {
      laboratory.makeProduction();
    }
    var acts = acts(laboratory, pushed);
    var deadline = System.nanoTime() + LONGEST.toNanos();
    try (var supervisor = new Supervisor(laboratory, deaths)) {
      while (!acts.isEmpty() || !laboratory.allRunsAreFinal()) {
        var act = acts.peek();
        if (act != null && act.when().test(laboratory)) {
          if (supervisor.attempt(act.doing())) {
            acts.remove();
          }
        } else {
          supervisor.goOn();
        }
        if (System.nanoTime() > deadline) {
          throw new AssertionError(
              "stuck after deaths at " + supervisor.died() + ": " + laboratory.ending());
        }
      }
      return new Told(
          laboratory.ending(), supervisor.passed(), supervisor.died(), laboratory.createdTwice());
    }
  }

  static String revision(String payload) {
    return payload.replaceFirst("(?s).*\"after\":\"([0-9a-f]{40})\".*", "$1");
  }

  private Deque<Act> acts(Laboratory laboratory, GitHubStandIn.Delivery delivery) {
    var acts = new ArrayDeque<Act>();
    acts.add(
        new Act(
            "push",
            any -> true,
            server -> {
              var _ = server.receive(delivery, Laboratory.SECRET);
            }));
    if (isCancelled) {
      acts.add(
          new Act(
              "cancel",
              any -> laboratory.step("verifyCanaryInProd").equals("RUNNING"),
              server -> cancel(laboratory, server)));
    }
    return acts;
  }

  private static void cancel(Laboratory laboratory, Server server) {
    var run = laboratory.database.sql("SELECT MIN(id) FROM run").query(Long.class).single();
    try {
      var _ = server.interventions().cancel(run, PERSON, "wrong branch");
    } catch (ReleaseRefusedException e) {
      // The server before died after it had written this down.
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
