package io.aviary.release.engine;

import io.aviary.release.Runs.LogLines;
import io.aviary.release.Runs.LogPart;
import io.aviary.release.masking.Masking;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Logs of steps, stored in chunks so that a part of a long one is read without the rest. */
@Component
class StepLogs {

  static final int CHUNK = 16_384;

  /** So many characters of lines are read at once at most, however long a line is. */
  private static final int PAGE = 1024 * 1024;

  private static final int CHUNKS_AT_ONCE = 16;
  private static final int SEARCHED_AT_ONCE = 64;

  // Orders name step_id too, though it is fixed: H2 then reads the index backwards and sorts
  // nothing.
  private final JdbcClient jdbc;

  private final Masking masking;

  StepLogs(JdbcClient jdbc, Masking masking) {
    this.jdbc = jdbc;
    this.masking = masking;
  }

  /** Where a log ends: characters and line ends before that. */
  private record End(long chars, long lines, boolean isInsideLine) {
    static final End EMPTY = new End(0, 0, false);

    long lineCount() {
      return isInsideLine ? lines + 1 : lines;
    }
  }

  private record Chunk(long offset, long linesBefore, String text) {}

  /**
   * Joins the caller's transaction, which holds the run's row: nobody else appends at the same
   * time. The end of the text is held back while it may be the beginning of a secret, until more
   * comes or {@link #close}: what has been stored may have been read.
   */
  void append(long step, String text, Instant now) {
    var before = held(step);
    var open = masking.maskOpen(before + text);
    if (!before.isEmpty()) {
      jdbc.sql("DELETE FROM step_log_held WHERE step_id = ?").param(step).update();
    }
    if (!open.held().isEmpty()) {
      jdbc.sql("INSERT INTO step_log_held (step_id, text) VALUES (?, ?)")
          .params(step, open.held())
          .update();
    }
    store(step, open.shown(), now);
  }

  /** Nothing more comes. The beginning of a secret is none if it is short. */
  void close(long step, Instant now) {
    var rest = held(step);
    if (rest.isEmpty()) {
      return;
    }
    jdbc.sql("DELETE FROM step_log_held WHERE step_id = ?").param(step).update();
    store(step, rest.length() < Masking.TELLING ? masking.mask(rest) : Masking.MASK, now);
  }

  private String held(long step) {
    return jdbc.sql("SELECT text FROM step_log_held WHERE step_id = ?")
        .param(step)
        .query(String.class)
        .optional()
        .orElse("");
  }

  private void store(long step, String text, Instant now) {
    var end = end(step);
    var lines = end.lines();
    for (var from = 0; from < text.length(); ) {
      var to = Math.min(text.length(), from + CHUNK);
      if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
        to--;
      }
      var chunk = text.substring(from, to);
      var ends = (int) chunk.chars().filter(c -> c == '\n').count();
      jdbc.sql(
              "INSERT INTO step_log (step_id, offset_chars, lines_before, line_ends, chars, text,"
                  + " stored_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
          .params(
              step,
              end.chars() + from,
              lines,
              ends,
              chunk.length(),
              chunk,
              now.atOffset(ZoneOffset.UTC))
          .update();
      lines += ends;
      from = to;
    }
  }

  private End end(long step) {
    return jdbc.sql(
            "SELECT offset_chars + chars AS chars, lines_before + line_ends AS line_count, text"
                + " FROM step_log WHERE step_id = ? ORDER BY step_id DESC, offset_chars DESC FETCH"
                + " FIRST 1 ROW ONLY")
        .param(step)
        .query(
            (row, n) ->
                new End(
                    row.getLong("chars"),
                    row.getLong("line_count"),
                    !row.getString("text").endsWith("\n")))
        .optional()
        .orElse(End.EMPTY);
  }

  LogPart read(long step, long offset, int limit, boolean stepIsFinal) {
    var start =
        jdbc.sql(
                "SELECT offset_chars FROM step_log WHERE step_id = ? AND offset_chars <= ?"
                    + " ORDER BY step_id DESC, offset_chars DESC FETCH FIRST 1 ROW ONLY")
            .params(step, offset)
            .query(Long.class)
            .optional()
            .orElse(0L);
    var chunks =
        jdbc.sql(
                "SELECT text FROM step_log WHERE step_id = ? AND offset_chars >= ? AND offset_chars"
                    + " < ? ORDER BY offset_chars")
            .params(step, start, offset + limit)
            .query(String.class)
            .list();
    var joined = String.join("", chunks);
    var skip = (int) Math.min(joined.length(), offset - start);
    var text = joined.substring(skip);
    var next = offset + text.length();
    return new LogPart(text, next, stepIsFinal && next >= end(step).chars());
  }

  /** From the first of these lines to the last, to the log's end, or to as much as fits a page. */
  LogLines lines(long step, long first, int limit, boolean stepIsFinal) {
    var end = end(step);
    if (first > end.lineCount() || limit < 1) {
      return new LogLines(List.of(), first, end.lineCount(), end.chars(), false, stepIsFinal);
    }
    var chunk = chunkOf(step, first);
    // Line ends to skip in that chunk until the first line begins.
    var skip = first - 1 - linesBefore(step, chunk);
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    var next = chunk;
    var read = 0L;
    while (lines.size() < limit && read < PAGE) {
      var chunks = chunks(step, next, CHUNKS_AT_ONCE);
      if (chunks.isEmpty()) {
        break;
      }
      for (var part : chunks) {
        var text = part.text();
        var at = 0;
        while (at < text.length() && lines.size() < limit) {
          var lineEnd = text.indexOf('\n', at);
          var to = lineEnd < 0 ? text.length() : lineEnd;
          if (skip == 0) {
            line.append(text, at, to);
          }
          at = lineEnd < 0 ? to : lineEnd + 1;
          if (lineEnd >= 0) {
            if (skip > 0) {
              skip--;
            } else {
              lines.add(line.toString());
              line.setLength(0);
            }
          }
        }
        next = part.offset() + at;
        read += text.length();
        if (lines.size() == limit) {
          break;
        }
      }
    }
    var open = !line.isEmpty();
    if (open) {
      lines.add(line.toString());
    }
    return new LogLines(lines, first, end.lineCount(), next, open, stepIsFinal);
  }

  /**
   * The number of the first line, from a line on, that contains a text, whatever its case. A chunk
   * is searched together with as much of the end of the one before as a match may begin in.
   */
  Optional<Long> find(long step, String text, long from) {
    var wanted = text.toLowerCase(Locale.ROOT);
    var tail = "";
    var next = chunkOf(step, from);
    while (true) {
      var chunks = chunks(step, next, SEARCHED_AT_ONCE);
      if (chunks.isEmpty()) {
        return Optional.empty();
      }
      for (var chunk : chunks) {
        var searched = tail + chunk.text().toLowerCase(Locale.ROOT);
        var number = firstLine(searched, wanted, from, chunk.linesBefore() + 1, tail.length());
        if (number.isPresent()) {
          return number;
        }
        tail = searched.substring(Math.max(0, searched.length() - wanted.length() + 1));
        next = chunk.offset() + chunk.text().length();
      }
    }
  }

  /**
   * @param number of the line in which the chunk begins, behind a tail of the one before
   */
  private static Optional<Long> firstLine(
      String searched, String wanted, long from, long number, int tail) {
    var line = number;
    var counted = tail;
    for (var at = searched.indexOf(wanted); at >= 0; at = searched.indexOf(wanted, at)) {
      for (var end = searched.indexOf('\n', counted);
          end >= 0 && end < at;
          end = searched.indexOf('\n', counted)) {
        line++;
        counted = end + 1;
      }
      if (line >= from) {
        return Optional.of(line);
      }
      at = searched.indexOf('\n', at);
      if (at < 0) {
        break;
      }
    }
    return Optional.empty();
  }

  /** Where the chunk begins in which the line before this one ends. */
  private long chunkOf(long step, long line) {
    return jdbc.sql(
            "SELECT offset_chars FROM step_log WHERE step_id = ? AND lines_before < ? ORDER BY"
                + " step_id DESC, lines_before DESC, offset_chars DESC FETCH FIRST 1 ROW ONLY")
        .params(step, line - 1)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  private long linesBefore(long step, long chunk) {
    return jdbc.sql("SELECT lines_before FROM step_log WHERE step_id = ? AND offset_chars = ?")
        .params(step, chunk)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  private List<Chunk> chunks(long step, long from, int atOnce) {
    return jdbc.sql(
            "SELECT offset_chars, lines_before, text FROM step_log WHERE step_id = ? AND offset_chars >= ?"
                + " ORDER BY offset_chars FETCH FIRST "
                + atOnce
                + " ROWS ONLY")
        .params(step, from)
        .query(
            (row, n) ->
                new Chunk(
                    row.getLong("offset_chars"),
                    row.getLong("lines_before"),
                    row.getString("text")))
        .list();
  }
}
