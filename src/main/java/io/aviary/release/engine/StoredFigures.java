package io.aviary.release.engine;

import io.aviary.release.Figures;
import io.aviary.release.PipelineName;
import io.aviary.release.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts what the runs' rows say. */
@Component
class StoredFigures implements Figures {

  /** More runs than this in one range are not looked at: the figures are those of the newest. */
  private static final int MOST = 20_000;

  private final JdbcClient jdbc;

  StoredFigures(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  private record Ended(PipelineName pipeline, RunStatus status, Instant at, Instant pushedAt) {
    boolean isProduction() {
      return pipeline == PipelineName.PRODUCTION;
    }

    boolean hasFailed() {
      return status == RunStatus.ROLLED_BACK || status == RunStatus.FAILED;
    }
  }

  @Override
  public Delivery of(String application, LocalDate from, LocalDate to, Instant now) {
    var runs = ended(application, start(from), start(to));
    var production = runs.stream().filter(Ended::isProduction).toList();
    var deployed = production.stream().filter(it -> it.status() == RunStatus.SUCCEEDED).toList();
    var failed = production.stream().filter(Ended::hasFailed).toList();
    var stopped =
        runs.stream()
            .filter(it -> !it.isProduction() && it.status() == RunStatus.ROLLED_BACK)
            .count();
    return new Delivery(
        deployed.size(),
        failed.size(),
        (int) stopped,
        median(deployed.stream().map(it -> Duration.between(it.pushedAt(), it.at())).toList()),
        median(restored(production)),
        days(from, to, deployed, failed));
  }

  private List<Ended> ended(String application, Instant from, Instant to) {
    return jdbc.sql(
            "SELECT r.pipeline, r.status, r.finished_at, COALESCE(p.created_at, r.created_at) AS"
                + " pushed_at FROM run r LEFT JOIN run p ON p.id = r.parent_id WHERE r.application"
                + " = ? AND r.finished_at >= ? AND r.finished_at < ? ORDER BY r.id DESC FETCH FIRST"
                + " "
                + MOST
                + " ROWS ONLY")
        .params(application, utc(from), utc(to))
        .query(
            (row, n) ->
                new Ended(
                    PipelineName.valueOf(row.getString("pipeline")),
                    RunStatus.valueOf(row.getString("status")),
                    row.getObject("finished_at", OffsetDateTime.class).toInstant(),
                    row.getObject("pushed_at", OffsetDateTime.class).toInstant()))
        .list()
        .reversed();
  }

  /** A failure is over when production has changed for good; several in a row are one. */
  private static List<Duration> restored(List<Ended> production) {
    var times = new ArrayList<Duration>();
    @Nullable Instant broken = null;
    for (var run : production) {
      if (run.hasFailed() && broken == null) {
        broken = run.at();
      } else if (run.status() == RunStatus.SUCCEEDED && broken != null) {
        times.add(Duration.between(broken, run.at()));
        broken = null;
      }
    }
    return times;
  }

  private static @Nullable Duration median(List<Duration> times) {
    if (times.isEmpty()) {
      return null;
    }
    var sorted = times.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private static List<Day> days(
      LocalDate from, LocalDate to, List<Ended> deployed, List<Ended> failed) {
    return from.datesUntil(to)
        .map(day -> new Day(day, on(day, deployed), on(day, failed)))
        .toList();
  }

  private static int on(LocalDate day, List<Ended> runs) {
    return (int)
        runs.stream()
            .filter(it -> it.at().atZone(ZoneOffset.UTC).toLocalDate().equals(day))
            .count();
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }
}
