package io.aviary.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.mock.env.MockEnvironment;

/** A database that is not to be had is said with what to do, whichever way it is not. */
class DatabaseFaultTest {

  @Test
  void aFolderThatCannotBeMade(@TempDir Path folder) throws Exception {
    var inTheWay = Files.writeString(folder.resolve("data"), "a file");

    var analysis = analysis("jdbc:h2:file:" + inTheWay + "/aviary;WRITE_DELAY=0", "sa", "");

    assertThat(analysis.getDescription())
        .startsWith(
            "The database file of jdbc:h2:file:" + inTheWay + "/aviary cannot be made or written")
        .contains("as user " + System.getProperty("user.name"));
    assertThat(analysis.getAction()).contains("Let that user write", "spring.datasource.url=");
  }

  @Test
  void aPasswordThatIsNotTheFiles(@TempDir Path folder) throws Exception {
    var url = "jdbc:h2:file:" + folder.resolve("aviary");
    DriverManager.getConnection(url, "sa", "right").close();

    var refused = refused(url, "sa", "wrong");
    var analysis = Objects.requireNonNull(analysis(url + ";PASSWORD=hunter22-secret", refused));

    assertThat(analysis.getDescription()).contains(url + " refuses the user or the password");
    assertThat(analysis.getDescription()).doesNotContain("hunter22");
    assertThat(analysis.getAction()).contains("spring.datasource.password");
  }

  @Test
  void aServerThatDoesNotAnswer() {
    var analysis = analysis("jdbc:postgresql://127.0.0.1:1/aviary?password=hunter22", "a", "b");

    assertThat(analysis.getDescription())
        .contains("jdbc:postgresql://127.0.0.1:1/aviary does not answer")
        .doesNotContain("hunter22");
    assertThat(analysis.getAction()).contains("that the database runs");
  }

  @Test
  void aDatabaseThatTheServerDoesNotHave() {
    var analysis =
        analysis(
            "jdbc:postgresql://db/aviari",
            new SQLException("FATAL: database \"aviari\" does not exist", "3D000"));

    assertThat(Objects.requireNonNull(analysis).getDescription())
        .contains("no such database", "aviari");
  }

  @Test
  void whatIsNoMatterOfConnectingIsLeftToOthers() {
    assertThat(analysis("jdbc:h2:mem:x", new SQLException("Syntax error", "42000", 42000)))
        .isNull();
  }

  private static FailureAnalysis analysis(String url, String user, String password) {
    return Objects.requireNonNull(analysis(url, refused(url, user, password)));
  }

  private static SQLException refused(String url, String user, String password) {
    return catchThrowableOfType(
        SQLException.class, () -> DriverManager.getConnection(url, user, password).close());
  }

  private static @org.jspecify.annotations.Nullable FailureAnalysis analysis(
      String url, SQLException refused) {
    return new DatabaseFaultAnalyzer(
            new MockEnvironment().withProperty("spring.datasource.url", url))
        .analyze(new BeanCreationException("dataSource", refused));
  }
}
