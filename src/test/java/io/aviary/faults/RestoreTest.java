package io.aviary.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.database.Postgres;
import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.ExampleCommits.Change;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL's own tools back a server up in the middle of a run, and one that is restored from
 * that brings the run to its end. Needs {@code pg_dump} and {@code pg_restore}.
 */
class RestoreTest {

  private static final String LEFT_OUT =
      "LEFT OUT: backup of PostgreSQL, because there is no pg_dump on this machine";

  @TempDir Path folder;

  @Test
  void aRunGoesOnFromADumpOfPostgres() throws Exception {
    if (!isThere("pg_dump")) {
      System.out.println(LEFT_OUT);
      Assumptions.abort(LEFT_OUT);
    }
    var url = Postgres.newDatabase();
    try (var laboratory = new Laboratory(folder, url, "supersede")) {
      laboratory.reset();
      laboratory.makeProduction();
      var commit =
          ExampleCommits.with(Change.QUICK_WARM_UP, Change.QUICK_ROLLOUT, Change.THREE_REPLICAS)
              .numbered("restored")
              .replace("aviary.yml", "traffic: 10", "traffic: 25");
      var delivery = laboratory.push(commit, "Restored in its middle");
      try (var before = new Supervisor(laboratory)) {
        assertThat(
                before.attempt(
                    server -> {
                      var _ = server.receive(delivery, Laboratory.SECRET);
                    }))
            .isTrue();
        while (!laboratory.step("testCanary").equals("RUNNING")) {
          before.goOn();
        }
      }

      var dump = folder.resolve("aviary.dump").toString();
      run(command("pg_dump", url, "--format=custom", "--file=" + dump));
      laboratory.database.sql("DROP SCHEMA public CASCADE").update();
      laboratory.database.sql("CREATE SCHEMA public").update();
      run(command("pg_restore", url, "--no-owner", dump));

      laboratory.clock.jump(Duration.ofSeconds(11));
      try (var after = new Supervisor(laboratory)) {
        while (!laboratory.allRunsAreFinal()) {
          after.goOn();
        }
      }
      assertThat(laboratory.runs())
          .extracting(Laboratory.RunRow::status)
          .containsExactly("SUCCEEDED", "SUCCEEDED");
      assertThat(laboratory.createdTwice()).isEmpty();
      assertThat(laboratory.history.logsWithHoles()).isEmpty();
    }
  }

  private static List<String> command(String tool, String url, String... more) {
    var port = url.replaceFirst(".*localhost:(\\d+)/.*", "$1");
    var name = url.replaceFirst(".*/(\\w+)\\?.*", "$1");
    var command = new ArrayList<>(List.of(tool, "--host=localhost", "--port=" + port));
    command.addAll(List.of("--username=postgres", "--dbname=" + name));
    command.addAll(List.of(more));
    return command;
  }

  private static boolean isThere(String tool) throws InterruptedException {
    try {
      return new ProcessBuilder(tool, "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void run(List<String> command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
        .as(String.join(" ", command))
        .isZero();
  }
}
