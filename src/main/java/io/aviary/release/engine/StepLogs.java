package io.aviary.release.engine;

import io.aviary.release.Runs.LogPart;
import java.time.Instant;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Logs of steps, stored in chunks so that a part of a long one is read without the rest. */
@Component
class StepLogs {

  static final int CHUNK = 16_384;

  private final JdbcClient jdbc;

  StepLogs(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Joins the caller's transaction, which holds the run's row: nobody else appends at the same
   * time.
   */
  void append(long step, String text, Instant now) {
    var offset = length(step);
    for (var from = 0; from < text.length(); ) {
      var to = Math.min(text.length(), from + CHUNK);
      if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
        to--;
      }
      jdbc.sql("INSERT INTO step_log (step_id, offset_chars, text, stored_at) VALUES (?, ?, ?, ?)")
          .params(step, offset + from, text.substring(from, to), now.atOffset(ZoneOffset.UTC))
          .update();
      from = to;
    }
  }

  private long length(long step) {
    return jdbc.sql(
            "SELECT offset_chars + CHAR_LENGTH(text) FROM step_log WHERE step_id = ? ORDER BY offset_chars DESC FETCH FIRST 1 ROW ONLY")
        .param(step)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  LogPart read(long step, long offset, int limit, boolean stepIsFinal) {
    var start =
        jdbc.sql("SELECT MAX(offset_chars) FROM step_log WHERE step_id = ? AND offset_chars <= ?")
            .params(step, offset)
            .query(Long.class)
            .optional()
            .orElse(0L);
    var chunks =
        jdbc.sql(
                "SELECT text FROM step_log WHERE step_id = ? AND offset_chars >= ? AND offset_chars < ? ORDER BY offset_chars")
            .params(step, start, offset + limit)
            .query(String.class)
            .list();
    var joined = String.join("", chunks);
    var skip = (int) Math.min(joined.length(), offset - start);
    var text = joined.substring(skip);
    var next = offset + text.length();
    return new LogPart(text, next, stepIsFinal && next >= length(step));
  }
}
