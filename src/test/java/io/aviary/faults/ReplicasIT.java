package io.aviary.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aviary.endtoend.ServerProcess;
import io.aviary.release.engine.TransitionsDoor;
import io.aviary.simulation.Passage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Three servers on one PostgreSQL, each a process of its own: whatever becomes of one, the others
 * bring its runs to their ends, each once. {@code -Dfaults.runs} says how many go through while
 * servers are killed and stopped.
 */
@Isolated("it measures what docs/reliability.md promises")
class ReplicasIT {

  private static final int RUNS = Integer.getInteger("faults.runs", 12);

  /** The first three are for tests of one run each. */
  private static final int OTHERS = 4;

  private static final int APPLICATIONS = Math.clamp(RUNS / 8, 4, 10);

  /** After a run's last sign of life by its server until another has it. */
  private static final Duration LONGEST = Duration.ofSeconds(15);

  @TempDir static Path folder;
  private static Fleet fleet;
  private static ExecutorService threads;

  @BeforeAll
  static void start() {
    threads = Executors.newVirtualThreadPerTaskExecutor();
    fleet = new Fleet(folder, 3, OTHERS + APPLICATIONS);
  }

  @AfterAll
  static void stop() {
    threads.shutdownNow();
    fleet.close();
  }

  @AfterEach
  void healAll() {
    fleet.backend.cluster().through(Passage.OPEN);
    for (var server : fleet.servers) {
      if (server.isAlive()) {
        server.goOn();
      } else {
        server.start();
      }
    }
  }

  // ---- many runs, much trouble

  @Test
  void allRunsEndEachOnceWhileServersAreKilledAndStopped() throws Exception {
    var begun = System.nanoTime();
    var over = new CountDownLatch(1);
    var killed = new AtomicInteger();
    var stopped = new AtomicInteger();
    var trouble = threads.submit(() -> makeTrouble(over, killed, stopped));
    var revisions = new ArrayList<String>();
    var applications = new ArrayList<Future<List<String>>>();
    for (var number = 0; number < APPLICATIONS; number++) {
      var application = OTHERS + number;
      var pushes = RUNS / APPLICATIONS + (number < RUNS % APPLICATIONS ? 1 : 0);
      applications.add(threads.submit(() -> release(application, pushes)));
    }
    for (var application : applications) {
      revisions.addAll(application.get());
    }
    over.countDown();
    trouble.get();
    System.out.printf(
        "%d commits of %d applications in %d s; %d servers killed, %d stopped for 12 s%n",
        revisions.size(),
        APPLICATIONS,
        (System.nanoTime() - begun) / 1_000_000_000,
        killed.get(),
        stopped.get());

    assertThat(revisions).hasSize(RUNS);
    for (var revision : revisions) {
      assertThat(fleet.runs(revision))
          .as(revision)
          .containsExactly("CANARY SUCCEEDED", "PRODUCTION SUCCEEDED");
    }
    assertThat(killed.get() + stopped.get()).as("there was trouble").isPositive();
    nothingIsDoubled(revisions.size());
  }

  private static List<String> release(int application, int pushes) {
    var revisions = new ArrayList<String>();
    for (var number = 0; number < pushes; number++) {
      var revision = fleet.push(application, fleet.commit());
      fleet.awaitEnd(revision);
      revisions.add(revision);
    }
    return revisions;
  }

  /** Every few seconds something happens to the next server, as long as another one is well. */
  private static Void makeTrouble(CountDownLatch over, AtomicInteger killed, AtomicInteger stopped)
      throws Exception {
    Set<ServerProcess> ill = ConcurrentHashMap.newKeySet();
    var healing = new ArrayList<Future<?>>();
    for (var turn = 0; !over.await(3, TimeUnit.SECONDS); turn++) {
      var server = fleet.servers.get(turn % fleet.servers.size());
      if (ill.contains(server) || ill.size() > 1) {
        continue;
      }
      ill.add(server);
      if (turn % 2 == 0) {
        server.kill();
        killed.incrementAndGet();
        healing.add(threads.submit(() -> restart(server, ill)));
      } else {
        server.hang();
        stopped.incrementAndGet();
        healing.add(threads.submit(() -> goOnLater(server, ill, over)));
      }
    }
    for (var one : healing) {
      one.get();
    }
    return null;
  }

  private static void restart(ServerProcess server, Set<ServerProcess> ill) {
    server.start();
    ill.remove(server);
  }

  private static Void goOnLater(ServerProcess server, Set<ServerProcess> ill, CountDownLatch over)
      throws InterruptedException {
    var _ = over.await(12, TimeUnit.SECONDS);
    server.goOn();
    ill.remove(server);
    return null;
  }

  private static void nothingIsDoubled(int commits) {
    var twice =
        fleet.creations().entrySet().stream()
            .filter(created -> !created.getKey().contains("/ornithology-canary"))
            .filter(created -> created.getValue() > 1)
            .toList();
    assertThat(twice).as("created twice").isEmpty();
    var canaries =
        fleet.creations().entrySet().stream()
            .filter(created -> created.getKey().startsWith("Deployment/"))
            .filter(created -> created.getKey().endsWith("/ornithology-canary"))
            .filter(created -> isOfTheMany(created.getKey()))
            .mapToInt(created -> created.getValue())
            .sum();
    assertThat(canaries).as("one canary for each commit").isEqualTo(commits);
    var pushes = fleet.backend.cluster().registry().pushes();
    assertThat(new HashSet<>(pushes)).as("no image is built twice").hasSameSizeAs(pushes);
    for (var number = 0; number < APPLICATIONS; number++) {
      assertThat(fleet.objects(OTHERS + number))
          .as("nothing but production is left of %s", Fleet.application(OTHERS + number))
          .hasSize(5)
          .allMatch(
              object ->
                  object.equals("Deployment ornithology")
                      || object.equals("Service ornithology")
                      || object.startsWith("Pod of ReplicaSet ornithology "));
    }
    assertThat(fleet.history.gatesPassedWithoutEvidence()).isEmpty();
    assertThat(fleet.history.logsWithHoles()).isEmpty();
    assertThat(fleet.history.stepsAndRuns().filter(line -> !TransitionsDoor.areAllowed(line)))
        .as("transitions outside of the table")
        .isEmpty();
  }

  private static boolean isOfTheMany(String created) {
    return Integer.parseInt(created.replaceFirst(".*/birds-(\\d+)/.*", "$1")) >= OTHERS;
  }

  // ---- one run, one server

  @Test
  void aServerThatHangsLosesItsRunsAndItsLateWritesAreRefused() throws Exception {
    var barrier = hold(0, "PATCH", "/deployments/ornithology-canary");
    var revision = fleet.push(0, fleet.commit());
    barrier.awaitCaught();
    var run = fleet.run(revision);
    var hung = fleet.ownerOf(run);
    var fence = fleet.fence(run);

    hung.hang();
    barrier.open();
    var time = awaitSibling(run, fence);
    fleet.awaitEnd(revision);
    var before = hung.log().length();
    hung.goOn();

    await("its late write is refused")
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                hung.log()
                    .substring(before)
                    .contains(
                        "run "
                            + run
                            + " has another owner than the one with fencing token "
                            + fence));
    System.out.printf(
        "a server hangs in a call: another has its run after %d ms%n", time.toMillis());
    assertThat(time).isLessThan(LONGEST);
    assertThat(fleet.runs(revision)).containsExactly("CANARY SUCCEEDED", "PRODUCTION SUCCEEDED");
    assertThat(fleet.objects(0)).doesNotContain("Deployment ornithology-canary");
  }

  @Test
  void aServerThatHangsInTheMiddleOfATransactionDoesNotKeepItsRunByItsLocks() throws Exception {
    var barrier = hold(1, "PATCH", "/deployments/ornithology-canary");
    var revision = fleet.push(1, fleet.commit());
    barrier.awaitCaught();
    var run = fleet.run(revision);
    var hung = fleet.ownerOf(run);
    var fence = fleet.fence(run);
    try (var connection = fleet.dataSource.getConnection();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE run_record IN EXCLUSIVE MODE");
      barrier.open();
      await("it waits with the run's row locked").until(() -> fleet.isWaitedFor("run_record"));
      hung.hang();
      connection.rollback();
    }

    var time = awaitSibling(run, fence);

    System.out.printf(
        "a server hangs in a transaction: another has its run after %d ms%n", time.toMillis());
    assertThat(time).isLessThan(LONGEST);
    fleet.awaitEnd(revision);
    hung.goOn();
    assertThat(fleet.runs(revision)).containsExactly("CANARY SUCCEEDED", "PRODUCTION SUCCEEDED");
  }

  @Test
  void aServerThatIsAskedToEndGivesItsRunsAwayAfterTheCallUnderWay() throws Exception {
    var barrier = hold(2, "PATCH", "/deployments/ornithology-canary");
    var revision = fleet.push(2, fleet.commit());
    barrier.awaitCaught();
    var run = fleet.run(revision);
    var ending = fleet.ownerOf(run);
    var fence = fleet.fence(run);
    var name = fleet.owner(run);

    var asked = System.nanoTime();
    ending.terminate();
    var other = fleet.push(3, fleet.commit());
    var owners = owners(other);
    barrier.open();
    var time = awaitSibling(run, fence);
    assertThat(ending.endsWithin(Duration.ofSeconds(40))).as("it ends").isTrue();
    var all = Duration.ofNanos(System.nanoTime() - asked);

    System.out.printf(
        "a server is asked to end: another has its run %d ms after the call's end, and it has ended after %d ms in all%n",
        time.toMillis(), all.toMillis());
    assertThat(time).as("nobody waits for the lease").isLessThan(Duration.ofSeconds(8));
    assertThat(owners).as("owners of a run that came in meanwhile").doesNotContain(name);
    fleet.awaitEnd(revision);
    fleet.awaitEnd(other);
    assertThat(fleet.runs(revision)).containsExactly("CANARY SUCCEEDED", "PRODUCTION SUCCEEDED");
    assertThat(fleet.runs(other)).containsExactly("CANARY SUCCEEDED", "PRODUCTION SUCCEEDED");
  }

  /** Who worked on it until its plan was recorded. */
  private static Set<String> owners(String revision) {
    var run = fleet.run(revision);
    var owners = new HashSet<String>();
    await("a sibling reads the commit")
        .atMost(Duration.ofSeconds(30))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              owners.add(fleet.owner(run));
              return fleet.hasStep(run, "deployCanary");
            });
    return owners;
  }

  // ---- who looks on

  @Test
  void aRunIsSeenAsItHappensAtEveryServer() throws Exception {
    var revision = fleet.push(3, fleet.commit());
    var run = fleet.run(revision);
    var events = new ArrayList<Future<List<Long>>>();
    for (var server : fleet.servers) {
      events.add(threads.submit(events(server, run)));
    }
    await("the plan is there").until(() -> fleet.hasStep(run, "testCanary"));
    var logs = new ArrayList<Future<List<String>>>();
    for (var server : fleet.servers) {
      logs.add(threads.submit(lines(server, "/api/runs/" + run + "/steps/testCanary/log?follow")));
    }

    var records =
        fleet.database.sql("SELECT id FROM run_record WHERE run_id = ? ORDER BY id").param(run);
    for (var told : events) {
      assertThat(told.get(2, TimeUnit.MINUTES)).isEqualTo(records.query(Long.class).list());
    }
    assertThat(logs.getFirst().get(1, TimeUnit.MINUTES)).isNotEmpty();
    for (var log : logs) {
      assertThat(log.get(1, TimeUnit.MINUTES)).isEqualTo(logs.getFirst().get());
    }
    fleet.awaitEnd(revision);
  }

  /** Ids of records as they come, until the stream says that the run has ended. */
  private static Callable<List<Long>> events(ServerProcess server, long run) {
    return () ->
        lines(server, "/api/runs/" + run + "/events").call().stream()
            .filter(line -> line.startsWith("id: "))
            .map(line -> Long.valueOf(line.substring("id: ".length())))
            .toList();
  }

  private static Callable<List<String>> lines(ServerProcess server, String path) {
    return () -> {
      try (var lines = followed(server, path)) {
        return lines.toList();
      }
    };
  }

  private static java.util.stream.Stream<String> followed(ServerProcess server, String path)
      throws IOException, InterruptedException {
    var answer = fleet.follow(server, path);
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return answer.body();
  }

  // ----

  private static Barrier hold(int application, String method, String path) {
    var barrier = new Barrier(method, "/namespaces/" + Fleet.application(application) + path);
    fleet.backend.cluster().through(barrier);
    return barrier;
  }

  /** How long it took until another server had the run. */
  private static Duration awaitSibling(long run, long fence) {
    var begun = System.nanoTime();
    await("another server takes run " + run)
        .atMost(Duration.ofMinutes(1))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> fleet.fence(run) > fence);
    return Duration.ofNanos(System.nanoTime() - begun);
  }
}
