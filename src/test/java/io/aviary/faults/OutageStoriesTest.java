package io.aviary.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.ExampleCommits.Change;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Something is away for longer than anybody wants to wait, the clock jumps, or the namespace is
 * deleted: each ends in a known state that says why, within the deadlines that are written down.
 * Time is moved on where nothing happens, so that half an hour takes a second.
 */
class OutageStoriesTest {

  @TempDir static Path folder;
  private static Laboratory laboratory;
  private static int commits;
  private Supervisor supervisor;

  @BeforeAll
  static void build() {
    laboratory = new Laboratory(folder, "jdbc:h2:mem:outages", "supersede");
  }

  @AfterAll
  static void close() {
    laboratory.close();
  }

  @BeforeEach
  void start() {
    laboratory.reset();
    laboratory.makeProduction();
    supervisor = new Supervisor(laboratory);
  }

  @AfterEach
  void stop() {
    supervisor.close();
  }

  // ---- git

  @Test
  void aRunGoesOnOnceGitIsBack() {
    laboratory.away("git");
    push(commit());
    until(() -> reason("readSource").contains("127.0.0.1"));
    assertThat(laboratory.step("readSource")).isEqualTo("RUNNING");

    laboratory.back("git");

    untilTheEnd();
    assertThat(statuses()).containsExactly("SUCCEEDED", "SUCCEEDED");
  }

  @Test
  void aRunWhoseGitNeverComesBackFailsAtItsDeadlineWithAddressAndReason() {
    laboratory.away("git");
    push(commit());
    var begun = laboratory.clock.instant();

    untilTheEnd();

    assertThat(statuses()).containsExactly("FAILED");
    assertThat(Duration.between(begun, laboratory.clock.instant()))
        .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(12));
    assertThat(laboratory.runs().getFirst().reason())
        .contains(
            "readSource", laboratory.hub.cloneUrl(Laboratory.REPOSITORY), "given up after 600 s");
    assertThat(laboratory.productionPods()).hasSize(3);
  }

  // ---- the cluster and the registry

  @Test
  void aRunWhoseRegistryNeverComesBackFailsAtItsDeadline() {
    laboratory.away("registry");
    push(commit());

    untilTheEnd();

    assertThat(statuses()).containsExactly("FAILED");
    assertThat(laboratory.runs().getFirst().reason())
        .contains("Image: ", laboratory.cluster.registry().address(), "given up after 900 s");
  }

  @Test
  void aRunWhoseClusterStaysAwayDuringAGateIsUndoneOnceItIsBack() {
    var production = laboratory.productionPods();
    push(slow());
    until(() -> laboratory.step("verifyCanaryInProd").equals("RUNNING"));

    laboratory.away("cluster");
    until(() -> laboratory.step("verifyCanaryInProd").equals("FAILED"));
    until(() -> reason("rollbackCanary2").contains("127.0.0.1"));
    laboratory.back("cluster");
    untilTheEnd();

    assertThat(statuses()).containsExactly("ROLLED_BACK");
    assertNothingOfTheCanaryIsLeft();
    assertThat(laboratory.productionPods()).isEqualTo(production);
  }

  @Test
  void anUndoThatNeverReachesTheClusterEndsWithWhatIsLeft() {
    push(slow());
    until(() -> laboratory.step("verifyCanaryInProd").equals("RUNNING"));
    laboratory.away("cluster");

    untilTheEnd();

    assertThat(statuses()).containsExactly("FAILED");
    assertThat(laboratory.runs().getFirst().reason())
        .contains("the undo failed", "perhaps still in the cluster", "ornithology-canary");
  }

  // ---- the clock

  @Test
  void aClockThatJumpsAheadDuringAGateEndsItAsItsTimeIsOver() {
    push(slow());
    until(() -> laboratory.step("verifyCanaryInProd").equals("RUNNING"));

    laboratory.clock.jump(Duration.ofHours(3));
    untilTheEnd();

    assertThat(statuses()).containsExactly("ROLLED_BACK");
    assertNothingOfTheCanaryIsLeft();
  }

  @Test
  void aClockThatJumpsBackDelaysNothingThatTheClusterTellsOf() {
    push(commit());
    // A canary may be ready before anybody has seen it start.
    until(() -> Set.of("RUNNING", "SUCCEEDED").contains(laboratory.step("deployCanary")));

    laboratory.clock.jump(Duration.ofHours(-3));
    untilTheEnd();

    assertThat(statuses()).containsExactly("SUCCEEDED", "SUCCEEDED");
  }

  // ---- the namespace

  @Test
  void aNamespaceThatIsDeletedDuringAGateEndsTheRun() {
    push(slow());
    until(() -> laboratory.step("verifyCanaryInProd").equals("RUNNING"));

    deleteNamespace();
    untilTheEnd();

    assertThat(statuses()).containsExactly("ROLLED_BACK");
    assertThat(laboratory.ending().objects()).isEmpty();
  }

  @Test
  void aNamespaceThatIsDeletedWhileTheCanaryStartsEndsTheRun() {
    push(with(Change.NEVER_READY));
    until(() -> laboratory.step("deployCanary").equals("RUNNING"));
    until(() -> laboratory.step("pushTestImage").equals("SUCCEEDED"));
    until(() -> laboratory.ending().objects().stream().anyMatch(this::isOfTheCanary));

    deleteNamespace();
    untilTheEnd();

    assertThat(statuses()).containsExactly("ROLLED_BACK");
    assertThat(laboratory.runs().getFirst().reason())
        .contains("deployCanary", "was deleted by someone else");
  }

  @Test
  void aNamespaceThatIsDeletedWhileProductionRollsIsReportedAsWhatCouldNotBeUndone() {
    push(with(Change.PRODUCTION_NEVER_READY));
    until(() -> laboratory.step("awaitRollout").equals("RUNNING"));

    deleteNamespace();
    untilTheEnd();

    assertThat(statuses()).containsExactly("SUCCEEDED", "FAILED");
    assertThat(laboratory.runs().getLast().reason())
        .contains("awaitRollout", "was deleted by someone else", "the undo failed", "birds");
  }

  // ----

  private static void deleteNamespace() {
    laboratory.client.namespaces().withName("birds").delete();
    Laboratory.await(() -> laboratory.client.namespaces().withName("birds").get() == null);
  }

  private boolean isOfTheCanary(String object) {
    return object.contains("ornithology-canary");
  }

  private void assertNothingOfTheCanaryIsLeft() {
    assertThat(laboratory.ending().objects()).noneMatch(this::isOfTheCanary);
  }

  private static ExampleCommits commit() {
    return with();
  }

  /** Its last gate's test goes on for a day. */
  private static ExampleCommits slow() {
    return commit().replace("aviary.yml", "[/tests/it/version_verify.sh]", "[sleep, \"86400\"]");
  }

  private static ExampleCommits with(Change... changes) {
    commits++;
    var all =
        Stream.concat(
                Stream.of(Change.QUICK_WARM_UP, Change.QUICK_ROLLOUT, Change.THREE_REPLICAS),
                Stream.of(changes))
            .toArray(Change[]::new);
    return ExampleCommits.with(all)
        .numbered("outage " + commits)
        .replace("aviary.yml", "traffic: 10", "traffic: 25");
  }

  private void push(ExampleCommits commit) {
    var delivery = laboratory.push(commit, "A commit");
    assertThat(
            supervisor.attempt(
                server -> {
                  var _ = server.receive(delivery, Laboratory.SECRET);
                }))
        .isTrue();
  }

  private void until(BooleanSupplier condition) {
    var deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (!condition.getAsBoolean()) {
      supervisor.goOn();
      if (System.nanoTime() > deadline) {
        throw new AssertionError("stuck: " + laboratory.ending());
      }
    }
  }

  private void untilTheEnd() {
    until(laboratory::allRunsAreFinal);
  }

  private static List<String> statuses() {
    return laboratory.runs().stream().map(Laboratory.RunRow::status).toList();
  }

  /** Of a step of the newest run that has it; empty: none. */
  private static String reason(String step) {
    return laboratory
        .database
        .sql("SELECT COALESCE(reason, '') FROM run_step WHERE name = ? ORDER BY id DESC")
        .param(step)
        .query(String.class)
        .list()
        .stream()
        .findFirst()
        .orElse("");
  }
}
