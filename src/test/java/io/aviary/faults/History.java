package io.aviary.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** What a database holds of runs that must be true however they came to their ends. */
record History(JdbcClient database) {

  /** Steps of gates that succeeded though no test that ended with 0 is on record. */
  List<String> gatesPassedWithoutEvidence() {
    return database
        .sql("SELECT run_id, name, data FROM run_step WHERE kind = 'gate' AND status = 'SUCCEEDED'")
        .query()
        .listOfRows()
        .stream()
        .filter(
            gate ->
                JsonMapper.shared()
                        .readTree(String.valueOf(gate.get("data")))
                        .path("test")
                        .path("exitCode")
                        .asInt(-1)
                    != 0)
        .map(Object::toString)
        .toList();
  }

  /** What is recorded of each run and step, as its sort and its states in order. */
  Stream<List<String>> stepsAndRuns() {
    var histories = new TreeMap<String, List<String>>();
    database
        .sql(
            "SELECT run_id, step, kind, status FROM run_record WHERE kind IN ('RUN', 'STEP') AND status IS NOT NULL ORDER BY id")
        .query()
        .listOfRows()
        .forEach(
            row -> {
              var step = row.get("step") == null ? "run" : String.valueOf(row.get("step"));
              histories
                  .computeIfAbsent(
                      row.get("run_id") + " " + step, any -> new ArrayList<>(List.of(step)))
                  .add(String.valueOf(row.get("status")));
            });
    return histories.values().stream();
  }

  /** Parts of logs that do not begin where the part before them ends. */
  List<String> logsWithHoles() {
    record Part(long step, long offset, long chars) {}
    var ends = new TreeMap<Long, Long>();
    var holes = new ArrayList<String>();
    database
        .sql("SELECT step_id, offset_chars, chars FROM step_log ORDER BY step_id, offset_chars")
        .query((row, n) -> new Part(row.getLong(1), row.getLong(2), row.getLong(3)))
        .list()
        .forEach(
            part -> {
              if (ends.getOrDefault(part.step(), 0L) != part.offset()) {
                holes.add("step " + part.step() + " at " + part.offset());
              }
              ends.put(part.step(), part.offset() + part.chars());
            });
    return holes;
  }

  boolean allRunsAreFinal() {
    return database
            .sql("SELECT COUNT(*) FROM run WHERE finished_at IS NULL")
            .query(Integer.class)
            .single()
        == 0;
  }
}
