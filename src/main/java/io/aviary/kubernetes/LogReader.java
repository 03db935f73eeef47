package io.aviary.kubernetes;

import io.aviary.kubernetes.Cluster.LogLine;
import io.aviary.release.masking.Masking;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Splits a log with the kubelet's time stamps into lines. At most about 8 MiB of new lines are
 * delivered, so that a call ends; the next one goes on after the last line.
 */
final class LogReader {

  static final int LONGEST_LINE = 64 * 1024;
  private static final long LONGEST_CALL = 8L * 1024 * 1024;

  private final @Nullable Instant since;
  private final Masking masking;
  private final Consumer<LogLine> sink;
  private long delivered;
  private @Nullable Instant last;

  /**
   * @param since the API knows only whole seconds of it: what is not after it is left out here
   */
  LogReader(@Nullable Instant since, Masking masking, Consumer<LogLine> sink) {
    this.since = since;
    this.masking = masking;
    this.sink = sink;
    this.last = since;
  }

  void read(InputStream log) throws IOException {
    var line = new ByteArrayOutputStream(256);
    var chunk = new byte[32 * 1024];
    long length = 0;
    for (int read = log.read(chunk); read >= 0; read = log.read(chunk)) {
      int from = 0;
      for (int i = 0; i < read; i++) {
        if (chunk[i] == '\n') {
          if (!deliver(grown(line, length, chunk, from, i), length + i - from)) {
            return;
          }
          line.reset();
          length = 0;
          from = i + 1;
        }
      }
      grown(line, length, chunk, from, read);
      length += read - from;
    }
    if (length > 0) {
      deliver(line, length);
    }
  }

  /** The line with the bytes from a chunk, as far as it may become that long. */
  private static ByteArrayOutputStream grown(
      ByteArrayOutputStream line, long length, byte[] chunk, int from, int to) {
    long room = Math.max(0, LONGEST_LINE - length);
    line.write(chunk, from, (int) Math.min(room, to - from));
    return line;
  }

  /** False: enough for this call. Lines of the same moment are never parted. */
  private boolean deliver(ByteArrayOutputStream bytes, long length) {
    var text = bytes.toString(StandardCharsets.UTF_8);
    int space = text.indexOf(' ');
    var stamp = space < 0 ? text : text.substring(0, space);
    Instant at;
    String said;
    try {
      at = Instant.parse(stamp);
      said = space < 0 ? "" : text.substring(space + 1);
    } catch (DateTimeParseException e) {
      // The runtime's own words, e.g. that it cannot read the log.
      at = last == null ? Instant.EPOCH : last;
      said = text;
    }
    if (since != null && !at.isAfter(since)) {
      return true;
    }
    if (delivered > LONGEST_CALL && !at.equals(last)) {
      return false;
    }
    last = at;
    delivered += Math.min(length, LONGEST_LINE);
    if (said.endsWith("\r")) {
      said = said.substring(0, said.length() - 1);
    }
    sink.accept(
        new LogLine(
            at,
            length <= LONGEST_LINE
                ? masking.mask(said)
                // The cut may go through a secret, whose beginning is left out with the rest.
                : masking.maskOpen(said).shown()
                    + " … ["
                    + (length - LONGEST_LINE)
                    + " more bytes of this line left out]"));
    return true;
  }
}
