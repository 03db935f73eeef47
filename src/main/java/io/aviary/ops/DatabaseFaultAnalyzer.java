package io.aviary.ops;

import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;

/** Says in words why a server has no database, instead of with a stack trace. */
final class DatabaseFaultAnalyzer implements FailureAnalyzer {

  /** H2's code for a file that another process has locked. */
  private static final int ALREADY_OPEN = 90020;

  /** H2's codes for files that cannot be made, read or written. */
  private static final List<Integer> NO_FILE = List.of(90028, 90031, 90062, 90097, 90124);

  private static final Pattern FILE = Pattern.compile("\"([^\"]+\\.mv\\.db)\"");

  private final Environment environment;

  /** Made by Spring Boot. */
  DatabaseFaultAnalyzer(Environment environment) {
    this.environment = environment;
  }

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      var analysis = cause instanceof SQLException refused ? analyze(refused, failure) : null;
      if (analysis != null) {
        return analysis;
      }
    }
    return null;
  }

  private @Nullable FailureAnalysis analyze(SQLException refused, Throwable failure) {
    var code = refused.getErrorCode();
    var state = String.valueOf(refused.getSQLState());
    if (code == ALREADY_OPEN) {
      return new FailureAnalysis(
          "The database file "
              + file(String.valueOf(refused.getMessage()))
              + " is in use by another process, and an H2 file is for one server only.",
          "Stop the other server, or whatever else has the file open, and start this one again; or give this server"
              + " a file of its own by spring.datasource.url. Servers that are to share the work need PostgreSQL:"
              + " spring.datasource.url=jdbc:postgresql://host/aviary.",
          failure);
    }
    if (NO_FILE.contains(code)) {
      return new FailureAnalysis(
          "The database file of "
              + address()
              + " cannot be made or written (as user "
              + System.getProperty("user.name")
              + ", in folder "
              + System.getProperty("user.dir")
              + "): "
              + words(refused),
          "Let that user write to the folder, or name another one:"
              + " spring.datasource.url=jdbc:h2:file:/var/lib/aviary/aviary;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE.",
          failure);
    }
    if (state.startsWith("28")) {
      return new FailureAnalysis(
          "The database at " + address() + " refuses the user or the password: " + words(refused),
          "Check spring.datasource.username and spring.datasource.password; H2 keeps those with which the file was"
              + " made.",
          failure);
    }
    if (state.equals("3D000")) {
      return new FailureAnalysis(
          "The server at " + address() + " has no such database: " + words(refused),
          "Create it (CREATE DATABASE …), or correct the name in spring.datasource.url.",
          failure);
    }
    if (state.startsWith("08")) {
      return new FailureAnalysis(
          "The database at " + address() + " does not answer: " + words(refused),
          "Check spring.datasource.url, that the database runs, and that this machine may reach it.",
          failure);
    }
    return null;
  }

  /** Without what follows a ? or ;, where a password may stand. */
  private String address() {
    return environment
        .getProperty("spring.datasource.url", "spring.datasource.url")
        .replaceFirst("[?;].*", "");
  }

  /** Without the number and the statement that H2 puts behind. */
  private static String words(SQLException refused) {
    return String.valueOf(refused.getMessage())
        .lines()
        .findFirst()
        .orElse("")
        .replaceFirst("\\s*\\[\\d+-\\d+]$", "");
  }

  private static String file(String message) {
    var match = FILE.matcher(message);
    return match.find() ? match.group(1) : "of spring.datasource.url";
  }
}
