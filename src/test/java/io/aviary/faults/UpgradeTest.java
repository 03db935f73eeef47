package io.aviary.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.Actor;
import io.aviary.release.step.Plan;
import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.ExampleCommits.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs that a server of an earlier version had under way are brought to their ends by this one. The
 * files under {@code records} are what such a server had written of its plan and its steps at some
 * moment, with names in place of what is another one each time; they are never changed. The world
 * around is made by this version, up to the same moment; then its own records are replaced.
 *
 * <p>{@code -Dfaults.record=true} writes the files of this version's {@link Plan#VERSION}, where
 * they are missing.
 */
class UpgradeTest {

  private static final Path RECORDS = Path.of("src", "test", "resources", "records");
  private static final boolean WRITES = Boolean.getBoolean("faults.record");
  private static final List<String> RUN_COLUMNS =
      List.of("pipeline", "status", "ending", "reason", "turn", "plan_version");
  private static final List<String> STEP_COLUMNS =
      List.of(
          "position",
          "name",
          "kind",
          "subject",
          "needs",
          "before_turn",
          "undo",
          "opens",
          "closes",
          "status",
          "reason",
          "attempts",
          "faults",
          "awaits",
          "data",
          "outputs");

  @TempDir static Path folder;
  private static Laboratory laboratory;

  /** A moment of a release, and how it ends from there. */
  record Moment(String name, ExampleCommits commit, Predicate<Laboratory> when, List<String> end) {

    /** The cluster is away from then on, until another server has taken over. */
    boolean needsTrouble() {
      return name.startsWith("undoing");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Moment> moments() {
    return Stream.of(
        new Moment(
            "building",
            commit("building"),
            lab -> lab.step("buildAppImage").equals("RUNNING"),
            List.of("SUCCEEDED", "SUCCEEDED")),
        new Moment(
            "canary-starts",
            commit("starts", Change.NEVER_READY)
                .replace("aviary.yml", "canary:\n", "canary:\n  timeout: 1m\n"),
            lab -> lab.step("deployCanary").equals("RUNNING"),
            List.of("ROLLED_BACK")),
        new Moment(
            "gate-with-a-share",
            commit("share")
                .replace("aviary.yml", "[/tests/it/version_verify.sh]", "[sleep, \"250\"]"),
            lab -> lab.step("verifyCanaryInProd").equals("RUNNING"),
            List.of("SUCCEEDED", "SUCCEEDED")),
        new Moment(
            "waiting-for-a-person",
            commit("person")
                .replace(
                    "aviary.yml",
                    "traffic: 25\n",
                    "traffic: 25\n      approval: {timeout: 5s, on-timeout: approve}\n"),
            lab -> lab.step("verifyCanaryInProd").equals("WAITING"),
            List.of("SUCCEEDED", "SUCCEEDED")),
        new Moment(
            "undoing-a-canary",
            commit("undo")
                .replace("aviary.yml", "[/tests/it/version_verify.sh]", "[sleep, \"86400\"]"),
            lab -> lab.step("rollbackCanary2").equals("RUNNING"),
            List.of("CANCELLED")),
        new Moment(
            "production-rolls",
            commit("rolls", Change.PRODUCTION_NEVER_READY)
                .replace("aviary.yml", "production:\n", "production:\n  timeout: 1m\n"),
            lab -> lab.step("awaitRollout").equals("RUNNING"),
            List.of("SUCCEEDED", "ROLLED_BACK")));
  }

  @BeforeAll
  static void build() {
    laboratory = new Laboratory(folder, "jdbc:h2:mem:upgrade", "supersede");
  }

  @AfterAll
  static void close() {
    laboratory.close();
  }

  @ParameterizedTest
  @MethodSource("moments")
  void aRunOfEachEarlierVersionEnds(Moment moment) throws IOException {
    for (var version = 1; version <= Plan.VERSION; version++) {
      var file = RECORDS.resolve(version + "-" + moment.name() + ".json");
      tellUntil(moment);
      if (WRITES && version == Plan.VERSION && !Files.exists(file)) {
        Files.createDirectories(RECORDS);
        Files.writeString(file, recorded());
      }
      replaceRecords(Files.readString(file));
      assertEnds(moment, version);
    }
  }

  private static void tellUntil(Moment moment) {
    laboratory.reset();
    laboratory.makeProduction();
    var delivery = laboratory.push(moment.commit(), moment.name());
    try (var supervisor = new Supervisor(laboratory)) {
      attempt(
          supervisor,
          server -> {
            var _ = server.receive(delivery, Laboratory.SECRET);
          });
      if (moment.needsTrouble()) {
        while (!laboratory.step("verifyCanaryInProd").equals("RUNNING")) {
          supervisor.goOn();
        }
        laboratory.away("cluster");
        attempt(
            supervisor,
            server -> {
              var _ = server.interventions().cancel(1, new Actor("finch", "127.0.0.1"), "upgraded");
            });
      }
      while (!moment.when().test(laboratory)) {
        supervisor.goOn();
        assertThat(laboratory.allRunsAreFinal()).as("it is over already").isFalse();
      }
    }
    laboratory.back("cluster");
  }

  private static void attempt(Supervisor supervisor, java.util.function.Consumer<Server> what) {
    assertThat(supervisor.attempt(what)).isTrue();
  }

  private static void assertEnds(Moment moment, int version) {
    laboratory.clock.jump(java.time.Duration.ofSeconds(11));
    var deadline = System.nanoTime() + 60_000_000_000L;
    try (var supervisor = new Supervisor(laboratory)) {
      while (!laboratory.allRunsAreFinal()) {
        supervisor.goOn();
        assertThat(System.nanoTime()).as("%s", laboratory.ending()).isLessThan(deadline);
      }
    }
    assertThat(laboratory.runs())
        .as("records of version %d: %s", version, laboratory.ending())
        .extracting(Laboratory.RunRow::status)
        .isEqualTo(moment.end());
    assertThat(laboratory.ending().objects())
        .noneMatch(object -> object.contains("canary") || object.contains("aviary"));
    assertThat(laboratory.productionPods()).hasSize(3);
  }

  // ---- records

  private static String recorded() {
    var all = new LinkedHashMap<String, Object>();
    all.put(
        "runs",
        rows(
            "SELECT %s, d.text AS definition FROM run LEFT JOIN run_definition d ON d.run_id = run.id ORDER BY run.id",
            RUN_COLUMNS));
    var steps = new ArrayList<Object>();
    for (var run : laboratory.runs()) {
      steps.add(
          rows(
              "SELECT %s, started_at IS NOT NULL AS started, finished_at IS NOT NULL AS finished FROM run_step WHERE run_id = "
                  + run.id()
                  + " ORDER BY position",
              STEP_COLUMNS));
    }
    all.put("steps", steps);
    all.put(
        "production",
        rows(
            "SELECT %s FROM production_release ORDER BY id",
            List.of("images", "objects", "state")));
    var text = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(all);
    for (var known : names().entrySet()) {
      text = text.replace(known.getKey(), known.getValue());
    }
    text = text.replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z", "{now}");
    assertThat(text)
        .as("what is another one each time has a name")
        .doesNotContainPattern("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}")
        .doesNotContain("127.0.0.1");
    return text;
  }

  private static List<Map<String, @Nullable Object>> rows(String sql, List<String> columns) {
    return laboratory
        .database
        .sql(sql.formatted(String.join(", ", columns)))
        .query()
        .listOfRows()
        .stream()
        .map(
            row -> {
              Map<String, @Nullable Object> plain = new LinkedHashMap<>();
              row.forEach(
                  (name, value) -> plain.put(name.toLowerCase(java.util.Locale.ROOT), value));
              return plain;
            })
        .toList();
  }

  /** What stands in the world of now, longest first, and how a record names it. */
  private static Map<String, String> names() {
    var names = new LinkedHashMap<String, String>();
    var client = laboratory.client;
    Stream.of(
            client.apps().deployments().inNamespace("birds").list().getItems(),
            client.services().inNamespace("birds").list().getItems())
        .flatMap(List::stream)
        .map(object -> (io.fabric8.kubernetes.api.model.HasMetadata) object)
        .forEach(
            object ->
                names.put(
                    object.getMetadata().getUid(),
                    "{uid of " + object.getKind() + " " + object.getMetadata().getName() + "}"));
    for (var image : List.of("App", "Test")) {
      laboratory
          .database
          .sql("SELECT data FROM run_step WHERE data IS NOT NULL AND name IN (?, ?)")
          .param("build" + image + "Image")
          .param("push" + image + "Image")
          .query((row, n) -> row.getString(1))
          .list()
          .forEach(
              data -> {
                var digest = java.util.regex.Pattern.compile("sha256:[0-9a-f]{64}").matcher(data);
                while (digest.find()) {
                  names.putIfAbsent(digest.group(), "{digest of " + image + "}");
                }
              });
    }
    var revision = laboratory.runs().getFirst().revision();
    names.put(revision, "{revision}");
    names.put(revision.substring(0, 7), "{short revision}");
    names.put(laboratory.hub.cloneUrl(Laboratory.REPOSITORY), "{repository}");
    names.put(laboratory.cluster.registry().address(), "{registry}");
    names.put(laboratory.cluster.url(), "{cluster}");
    return names;
  }

  private static void replaceRecords(String file) {
    var text = file;
    for (var known : names().entrySet()) {
      text = text.replace(known.getValue(), known.getKey());
    }
    text = text.replace("{now}", laboratory.clock.instant().toString());
    assertThat(text).as("each name is known").doesNotContainPattern("\\{(uid|digest|rev|short)");
    var all = JsonMapper.shared().readValue(text, Map.class);
    var runs = laboratory.runs();
    var old = maps(all.get("runs"));
    assertThat(runs).hasSameSizeAs(old);
    for (var number = 0; number < old.size(); number++) {
      var id = runs.get(number).id();
      update("run", old.get(number), RUN_COLUMNS, id);
      laboratory.database.sql("DELETE FROM run_step WHERE run_id = ?").param(id).update();
      define(id, old.get(number).get("definition"));
      for (var step :
          maps(java.util.Objects.requireNonNull((List<?>) all.get("steps")).get(number))) {
        insert(id, step);
      }
    }
    laboratory
        .database
        .sql(
            "UPDATE run SET owner = NULL, lease_until = NULL, wake_at = ? WHERE finished_at IS NULL")
        .param(now())
        .update();
    var releases =
        laboratory
            .database
            .sql("SELECT id FROM production_release ORDER BY id")
            .query(Long.class)
            .list();
    var before = maps(all.get("production"));
    assertThat(releases).hasSameSizeAs(before);
    for (var number = 0; number < before.size(); number++) {
      update(
          "production_release",
          before.get(number),
          List.of("images", "objects", "state"),
          releases.get(number));
    }
  }

  private static java.time.OffsetDateTime now() {
    return laboratory.clock.instant().atOffset(ZoneOffset.UTC);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, @Nullable Object>> maps(@Nullable Object list) {
    return (List<Map<String, @Nullable Object>>) java.util.Objects.requireNonNull(list);
  }

  private static void update(
      String table, Map<String, @Nullable Object> row, List<String> columns, long id) {
    var statement =
        laboratory.database.sql(
            "UPDATE " + table + " SET " + String.join(" = ?, ", columns) + " = ? WHERE id = ?");
    for (var column : columns) {
      statement = statement.param(row.get(column));
    }
    statement.param(id).update();
  }

  /** It has been a column of the run's row, and is called as it was then in the records. */
  private static void define(long run, @Nullable Object definition) {
    laboratory.database.sql("DELETE FROM run_definition WHERE run_id = ?").param(run).update();
    if (definition != null) {
      laboratory
          .database
          .sql("INSERT INTO run_definition (run_id, text) VALUES (?, ?)")
          .params(run, definition)
          .update();
    }
  }

  private static void insert(long run, Map<String, @Nullable Object> step) {
    var columns = new ArrayList<>(STEP_COLUMNS);
    columns.addAll(List.of("run_id", "started_at", "finished_at"));
    var statement =
        laboratory.database.sql(
            "INSERT INTO run_step ("
                + String.join(", ", columns)
                + ") VALUES ("
                + "?, ".repeat(columns.size() - 1)
                + "?)");
    for (var column : STEP_COLUMNS) {
      statement = statement.param(step.get(column));
    }
    statement
        .param(run)
        .param(Boolean.TRUE.equals(step.get("started")) ? now() : null)
        .param(Boolean.TRUE.equals(step.get("finished")) ? now() : null)
        .update();
  }

  private static ExampleCommits commit(String number, Change... changes) {
    var all =
        Stream.concat(
                Stream.of(Change.QUICK_WARM_UP, Change.QUICK_ROLLOUT, Change.THREE_REPLICAS),
                Stream.of(changes))
            .toArray(Change[]::new);
    return ExampleCommits.with(all)
        .numbered("upgrade " + number)
        .replace("aviary.yml", "traffic: 10", "traffic: 25");
  }
}
