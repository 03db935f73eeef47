package io.aviary.faults;

import io.aviary.simulation.SimulatedRegistry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How a story ended, in words that do not depend on when and how often servers died: runs and steps
 * with their status, the logs, the evidence, what is in the cluster and what was pushed.
 */
record Ending(
    List<String> runs,
    List<String> logs,
    List<String> evidence,
    List<String> objects,
    List<String> pushes) {

  static Ending of(
      JdbcClient database, KubernetesClient client, String namespace, SimulatedRegistry registry) {
    return new Ending(
        runs(database),
        logs(database),
        evidence(database),
        objects(client, namespace),
        registry.pushes().stream().sorted().toList());
  }

  /** The how-manieth run: a transaction that is rolled back may use an id up. */
  private static long number(JdbcClient database, String run) {
    return database
        .sql("SELECT COUNT(*) FROM run WHERE id <= ?")
        .param(Long.valueOf(run))
        .query(Long.class)
        .single();
  }

  private static List<String> runs(JdbcClient database) {
    var all = new ArrayList<String>();
    database
        .sql("SELECT id, pipeline, status, ending, reason, owner, turn FROM run ORDER BY id")
        .query()
        .listOfRows()
        .forEach(
            run -> {
              all.add(
                  "run %s %s %s%s: %s"
                      .formatted(
                          number(database, String.valueOf(run.get("id"))),
                          run.get("pipeline"),
                          run.get("status"),
                          run.get("ending") == null ? "" : " ending " + run.get("ending"),
                          plain(String.valueOf(run.get("reason")))));
              database
                  .sql(
                      "SELECT name, status, reason FROM run_step WHERE run_id = ? ORDER BY position")
                  .param(run.get("id"))
                  .query()
                  .listOfRows()
                  .forEach(
                      step ->
                          all.add(
                              "  %s %s%s"
                                  .formatted(
                                      step.get("name"),
                                      step.get("status"),
                                      "FAILED SKIPPED".contains(String.valueOf(step.get("status")))
                                          ? ": " + plain(String.valueOf(step.get("reason")))
                                          : "")));
            });
    all.add(
        "turns taken: "
            + database
                .sql("SELECT COUNT(*) FROM application_turn WHERE run_id IS NOT NULL")
                .query(Integer.class)
                .single());
    all.add(
        "production's releases: "
            + database
                .sql("SELECT state FROM production_release ORDER BY id")
                .query(String.class)
                .list());
    return List.copyOf(all);
  }

  private static List<String> logs(JdbcClient database) {
    return database
        .sql(
            "SELECT (SELECT COUNT(*) FROM run WHERE id <= run_id) AS number, name, text FROM step_log JOIN run_step ON run_step.id = step_id"
                + " ORDER BY run_id, position, offset_chars")
        .query((row, n) -> row.getString("text").lines().map(line -> nameless(row, line)).toList())
        .list()
        .stream()
        .flatMap(List::stream)
        // Said where a server died between the decision to build and the build: it adds a line.
        .filter(line -> !line.matches(".*: The Job .* is not there; it is started\\."))
        .toList();
  }

  private static String nameless(java.sql.ResultSet row, String line) {
    try {
      return row.getLong("number") + " " + row.getString("name") + ": " + plain(line);
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What was noted, each once: what was not recorded yet when a server died is noted again. */
  private static List<String> evidence(JdbcClient database) {
    return database
        .sql(
            "SELECT run_id, step, text, evidence FROM run_record WHERE kind = 'NOTE' ORDER BY run_id, step, id")
        .query()
        .listOfRows()
        .stream()
        .map(
            row ->
                number(database, String.valueOf(row.get("run_id")))
                    + " "
                    + row.get("step")
                    + ": "
                    + plain(row.get("text") + " " + row.get("evidence")))
        .distinct()
        .sorted()
        .toList();
  }

  static List<String> objects(KubernetesClient client, String namespace) {
    var pods =
        client.pods().inNamespace(namespace).list().getItems().stream()
            .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
            .map(
                pod ->
                    "Pod of "
                        + pod.getMetadata().getOwnerReferences().stream()
                            .map(owner -> owner.getKind())
                            .collect(Collectors.joining())
                        + " "
                        + pod.getMetadata().getName().replaceFirst("-[0-9a-z]+-[0-9a-z]+$", "")
                        + " "
                        + plain(pod.getSpec().getContainers().getFirst().getImage())
                        + " "
                        + pod.getMetadata().getLabels().entrySet().stream()
                            .filter(label -> !label.getKey().equals("pod-template-hash"))
                            .sorted(java.util.Map.Entry.comparingByKey())
                            .toList());
    var others =
        Stream.<List<? extends HasMetadata>>of(
                client.apps().deployments().inNamespace(namespace).list().getItems(),
                client.services().inNamespace(namespace).list().getItems(),
                client.batch().v1().jobs().inNamespace(namespace).list().getItems(),
                client.secrets().inNamespace(namespace).list().getItems(),
                client.configMaps().inNamespace(namespace).list().getItems())
            .flatMap(List::stream)
            .map(object -> object.getKind() + " " + object.getMetadata().getName());
    return Stream.concat(pods, others).sorted().toList();
  }

  /** Without what is another one each time. */
  private static String plain(String text) {
    return text.replaceAll("sha256:[0-9a-f]{64}", "sha256:…")
        .replaceAll("127\\.0\\.0\\.1:\\d+", "registry")
        .replaceAll("10\\.244\\.\\d+\\.\\d+", "10.244.…")
        .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "…")
        .replaceAll("\"(test|reachedAt|logged)\":\\{[^}]*}", "…")
        .replaceAll("\\b\\d+ of \\d+ requests", "… requests")
        .replaceAll("(birds|aviary)-\\d+-", "$1-N-")
        // As the simulated cluster names pods: now and then the hash has seven digits or fewer.
        .replaceAll("-[bcdf2456789]{1,10}-[0-9a-z]{5}\\b", "-…");
  }

  /**
   * Lines that are not in the other one, and lines of the other one that are missing.
   *
   * @param chance what these lines say is a matter of time, in each story
   */
  List<String> differencesFrom(Ending other, Pattern chance) {
    var missing = new ArrayList<>(other.toString().lines().toList());
    // A part without a line, such as no push at all, is an empty line.
    missing.removeIf(line -> line.isBlank() || chance.matcher(line).find());
    var differences = new ArrayList<String>();
    for (var line : toString().lines().toList()) {
      if (!line.isBlank() && !chance.matcher(line).find() && !missing.remove(line)) {
        differences.add("  + " + line + "\n");
      }
    }
    missing.forEach(line -> differences.add("  - " + line + "\n"));
    return differences;
  }

  @Override
  public String toString() {
    return String.join("\n", runs)
        + "\n---- logs\n"
        + String.join("\n", logs)
        + "\n---- evidence\n"
        + String.join("\n", evidence)
        + "\n---- objects\n"
        + String.join("\n", objects)
        + "\n---- pushes\n"
        + String.join("\n", pushes)
        + "\n";
  }
}
