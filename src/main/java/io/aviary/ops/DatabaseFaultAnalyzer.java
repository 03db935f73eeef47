package io.aviary.ops;

import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/** Says in words that another server has the H2 file: one file is for one server. */
final class DatabaseInUseAnalyzer implements FailureAnalyzer {

  /** H2's code for a file that another process has locked. */
  private static final int ALREADY_OPEN = 90020;

  private static final Pattern FILE = Pattern.compile("\"([^\"]+\\.mv\\.db)\"");

  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException refused && refused.getErrorCode() == ALREADY_OPEN) {
        return new FailureAnalysis(
            "The database file "
                + file(String.valueOf(refused.getMessage()))
                + " is in use by another process, and an H2 file is for one server only.",
            "Stop the other server, or whatever else has the file open, and start this one again; or give this server"
                + " a file of its own by spring.datasource.url. Servers that are to share the work need PostgreSQL:"
                + " spring.datasource.url=jdbc:postgresql://host/aviary.",
            failure);
      }
    }
    return null;
  }

  private static String file(String message) {
    var match = FILE.matcher(message);
    return match.find() ? match.group(1) : "of spring.datasource.url";
  }
}
