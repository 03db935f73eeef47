package io.aviary.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** What a container has written; kept until its pod is gone. Safe for use by many threads. */
final class ContainerLog {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

  private record Line(Instant at, String text) {}

  private final InstantSource clock;
  private final List<Line> lines = new ArrayList<>();
  private List<Line> previous = List.of();
  private boolean ended;

  ContainerLog(InstantSource clock) {
    this.clock = clock;
  }

  /** Adds lines; each has a later time stamp than the one before. */
  synchronized void write(String text) {
    for (var line : text.split("\n", -1)) {
      var now = clock.instant();
      if (!lines.isEmpty() && !now.isAfter(lines.getLast().at())) {
        now = lines.getLast().at().plusNanos(1000);
      }
      lines.add(new Line(now, line));
    }
  }

  /** The container starts again. */
  synchronized void rotate() {
    previous = List.copyOf(lines);
    lines.clear();
    ended = false;
  }

  /** The container has ended: what it has written is the previous log until it starts again. */
  synchronized void end() {
    ended = true;
  }

  synchronized String tail(int count) {
    var text = new StringBuilder();
    lines.stream()
        .skip(Math.max(0, lines.size() - count))
        .forEach(line -> text.append(line.text()).append('\n'));
    return text.toString();
  }

  synchronized String read(ApiRequest request) {
    var from = since(request);
    var source = request.parameter("previous").equals("true") && !ended ? previous : lines;
    var chosen = source.stream().filter(line -> !line.at().isBefore(from)).toList();
    var tail = request.parameter("tailLines");
    if (!tail.isEmpty()) {
      var skip = Math.max(0, chosen.size() - Integer.parseInt(tail));
      chosen = chosen.subList(skip, chosen.size());
    }
    var stamped = request.parameter("timestamps").equals("true");
    var text = new StringBuilder();
    for (var line : chosen) {
      if (stamped) {
        text.append(STAMP.format(line.at())).append(' ');
      }
      text.append(line.text()).append('\n');
    }
    var limit = request.parameter("limitBytes");
    return limit.isEmpty() || text.length() <= Integer.parseInt(limit)
        ? text.toString()
        : text.substring(0, Integer.parseInt(limit));
  }

  private Instant since(ApiRequest request) {
    if (!request.parameter("sinceTime").isEmpty()) {
      // The kubelet compares whole seconds, because that is what the API's time type holds.
      return Instant.parse(request.parameter("sinceTime"))
          .truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    }
    return request.parameter("sinceSeconds").isEmpty()
        ? Instant.MIN
        : clock
            .instant()
            .minus(Duration.ofSeconds(Long.parseLong(request.parameter("sinceSeconds"))));
  }
}
