package io.aviary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.Aviary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An H2 file is for one server: a second process says so, and touches nothing. */
class SecondServerIT {

  @TempDir Path folder;

  @Test
  void aSecondServerOnTheSameFileIsRefused() throws Exception {
    var url = "jdbc:h2:file:" + folder.resolve("aviary") + ";WRITE_DELAY=0";
    try (var first = DriverManager.getConnection(url)) {
      var second =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Aviary.class.getName(),
                  "--server.port=0",
                  "--spring.datasource.url=" + url)
              .redirectErrorStream(true)
              .start();
      var output = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(second.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(second.exitValue()).as(output).isEqualTo(1);
      assertThat(output)
          .contains(
              "The database file "
                  + folder.resolve("aviary.mv.db")
                  + " is in use by another process, and an H2 file is for one server only.")
          .contains("Stop the other server")
          .contains("jdbc:postgresql://");
      assertThat(first.isValid(1)).isTrue();
    }
  }
}
