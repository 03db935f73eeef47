package io.aviary.endtoend;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies what an H2 database has of one run for other applications, as if a server had made each of
 * them. It knows of the tables only which columns say whose a row is. No server may have the
 * database open.
 */
final class CopiedRuns implements AutoCloseable {

  private static final int BATCH = 250;
  private static final String OF_STEP =
      " WHERE step_id IN (SELECT id FROM run_step WHERE run_id = ?)";

  private final Connection connection;
  private final String name;
  private final List<Table> tables = new ArrayList<>();
  private final List<Long> steps;
  private long nextRun;
  private long nextStep;
  private int pending;

  /**
   * @param original the run
   * @param name of its application, and of nothing else that its rows mention
   */
  CopiedRuns(String database, long original, String name) throws SQLException {
    this.connection = DriverManager.getConnection(database, "", "");
    this.name = name;
    connection.setAutoCommit(false);
    nextRun = number("SELECT MAX(id) + 1 FROM run");
    nextStep = number("SELECT MAX(id) + 1 FROM run_step");
    steps = stepsOf(original);
    // The server may have looked at the branch for the other applications already.
    execute("DELETE FROM branch_head WHERE application <> '" + name + "'");
    tables.add(table("run", " WHERE id = ?", original));
    tables.add(table("run_step", " WHERE run_id = ?", original));
    tables.add(table("run_definition", " WHERE run_id = ?", original));
    tables.add(table("step_log", OF_STEP, original));
    tables.add(table("run_record", " WHERE run_id = ?", original));
    tables.add(table("application_turn", " WHERE run_id = ?", original));
    tables.add(
        table(
            "branch_head",
            " WHERE application = (SELECT application FROM run WHERE id = ?)",
            original));
  }

  /** What the next one to be added will be. */
  long nextRun() {
    return nextRun;
  }

  /**
   * Adds one.
   *
   * @param application whose name takes the place of the original's wherever that stands
   * @param others other texts and what takes their places
   */
  void add(String application, Map<String, String> others) throws SQLException {
    var stepIds = new HashMap<Object, Long>();
    for (var step : steps) {
      stepIds.put(step, nextStep++);
    }
    var copy = new Copy(nextRun++, stepIds, name, application, others);
    for (var table : tables) {
      table.add(copy);
    }
    if (++pending == BATCH) {
      write();
    }
  }

  /** Nothing is there before this. */
  void commit() throws SQLException {
    write();
    execute("ALTER TABLE run ALTER COLUMN id RESTART WITH " + nextRun);
    execute("ALTER TABLE run_step ALTER COLUMN id RESTART WITH " + nextStep);
    execute("ANALYZE");
    connection.commit();
  }

  private void write() throws SQLException {
    for (var table : tables) {
      var _ = table.into().executeBatch();
    }
    pending = 0;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** What is a copy's own. */
  private record Copy(
      long run, Map<Object, Long> steps, String before, String name, Map<String, String> others) {

    @Nullable Object value(String column, @Nullable Object original) {
      return switch (column) {
        case "run.id",
            "run_step.run_id",
            "run_definition.run_id",
            "run_record.run_id",
            "application_turn.run_id" ->
            run;
        case "run_step.id", "step_log.step_id" -> steps.get(original);
        default -> original instanceof String text ? text(text) : original;
      };
    }

    private String text(String original) {
      var text = original.replace(before, name);
      for (var other : others.entrySet()) {
        text = text.replace(other.getKey(), other.getValue());
      }
      return text;
    }
  }

  /** What a table has of the original. */
  private record Table(
      List<String> columns, List<List<@Nullable Object>> rows, PreparedStatement into) {

    void add(Copy copy) throws SQLException {
      for (var row : rows) {
        for (var i = 0; i < columns.size(); i++) {
          into.setObject(i + 1, copy.value(columns.get(i), row.get(i)));
        }
        into.addBatch();
      }
    }
  }

  private Table table(String table, String where, long original) throws SQLException {
    try (var query = connection.prepareStatement("SELECT * FROM " + table + where)) {
      query.setLong(1, original);
      try (var found = query.executeQuery()) {
        var columns = new ArrayList<String>();
        for (var i = 1; i <= found.getMetaData().getColumnCount(); i++) {
          columns.add(found.getMetaData().getColumnName(i).toLowerCase(Locale.ROOT));
        }
        if (table.equals("run_record")) {
          // Numbered by the database.
          columns.remove("id");
        }
        var rows = new ArrayList<List<@Nullable Object>>();
        while (found.next()) {
          var row = new ArrayList<@Nullable Object>();
          for (var column : columns) {
            row.add(found.getObject(column));
          }
          rows.add(row);
        }
        if (rows.isEmpty()) {
          throw new IllegalStateException(table + " has nothing of run " + original);
        }
        var insert =
            "INSERT INTO %s (%s) VALUES (%s)"
                .formatted(
                    table,
                    String.join(", ", columns),
                    String.join(", ", Collections.nCopies(columns.size(), "?")));
        return new Table(
            columns.stream().map(column -> table + "." + column).toList(),
            rows,
            connection.prepareStatement(insert));
      }
    }
  }

  private List<Long> stepsOf(long run) throws SQLException {
    try (var query =
        connection.prepareStatement("SELECT id FROM run_step WHERE run_id = ? ORDER BY id")) {
      query.setLong(1, run);
      try (var found = query.executeQuery()) {
        var ids = new ArrayList<Long>();
        while (found.next()) {
          ids.add(found.getLong(1));
        }
        return ids;
      }
    }
  }

  private long number(String query) throws SQLException {
    try (var statement = connection.createStatement();
        var found = statement.executeQuery(query)) {
      var _ = found.next();
      return found.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      var _ = statement.execute(sql);
    }
  }
}
