package io.aviary.ops;

import io.aviary.release.Applications;
import io.aviary.release.PipelineName;
import io.aviary.release.RunChanged;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.release.StepView;
import io.aviary.release.Workload;
import io.aviary.release.Workload.Snapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * What the runs tell of themselves. The work that is open is counted in the database and so is the
 * same on every server; what has ended is counted by the server that ended it.
 */
@Component
class ReleaseMetrics implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(ReleaseMetrics.class);

  /** One scrape reads several numbers; they come from one query. */
  private static final Duration FRESH = Duration.ofSeconds(2);

  private final Runs runs;
  private final Workload workload;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<String> begun = ConcurrentHashMap.newKeySet();
  private @Nullable Snapshot snapshot;
  private Instant takenAt = Instant.MIN;

  ReleaseMetrics(
      Runs runs,
      Workload workload,
      Applications applications,
      MeterRegistry meters,
      InstantSource clock) {
    this.runs = runs;
    this.workload = workload;
    this.meters = meters;
    this.clock = clock;
    for (var status : RunStatus.values()) {
      if (!status.isFinal()) {
        Gauge.builder("aviary.runs", () -> read(work -> work.open(status)))
            .description("Runs that are not final, by state")
            .tag("status", word(status))
            .register(meters);
      }
    }
    gauge("aviary.runs.stuck", "Runs that are due and that nobody works on", Snapshot::stuck);
    gauge("aviary.runs.leased", "Runs that a server works on now", Snapshot::leased);
    Gauge.builder("aviary.queue.age", () -> read(ReleaseMetrics::queueAge))
        .description("How long the run waits that was queued first")
        .baseUnit("seconds")
        .register(meters);
    applications.all().forEach(it -> begin(it.name()));
  }

  /**
   * An alert is about an increase, and from no counter to one that says 1 there is none: the first
   * failure would be nobody's news.
   */
  private void begin(String application) {
    if (begun.add(application)) {
      for (var pipeline : PipelineName.values()) {
        for (var status : RunStatus.values()) {
          if (status.isFinal()) {
            finished(application, pipeline, status);
          }
        }
      }
    }
  }

  private Counter finished(String application, PipelineName pipeline, RunStatus status) {
    return Counter.builder("aviary.runs.finished")
        .description("Runs that have ended, by how")
        .tag("application", application)
        .tag("pipeline", pipeline.word())
        .tag("outcome", word(status))
        .register(meters);
  }

  private void gauge(String name, String description, ToDoubleFunction<Snapshot> value) {
    Gauge.builder(name, () -> read(value)).description(description).register(meters);
  }

  private static double queueAge(Snapshot work) {
    var oldest = work.oldestQueued();
    return oldest == null ? 0 : oldest.toMillis() / 1000.0;
  }

  /** Not a number while the database does not answer: a zero would look like peace. */
  private synchronized double read(ToDoubleFunction<Snapshot> value) {
    var now = clock.instant();
    if (snapshot == null || takenAt.plus(FRESH).isBefore(now)) {
      try {
        snapshot = workload.now();
        takenAt = now;
      } catch (RuntimeException e) {
        snapshot = null;
        log.debug("the work could not be counted", e);
        return Double.NaN;
      }
    }
    return value.applyAsDouble(snapshot);
  }

  @EventListener
  void on(RunChanged change) {
    begin(change.application());
    if (change.isFinal()) {
      workers.execute(() -> record(change.run()));
    }
  }

  private void record(long run) {
    try {
      runs.find(run).ifPresent(this::record);
    } catch (RuntimeException e) {
      log.warn("run {} could not be counted in the metrics: {}", run, e.getMessage());
    }
  }

  private void record(RunView run) {
    finished(run.application(), run.pipeline(), run.status()).increment();
    if (run.startedAt() != null && run.finishedAt() != null) {
      Timer.builder("aviary.run.duration")
          .description("From a run's start to its end")
          .tag("pipeline", run.pipeline().word())
          .tag("outcome", word(run.status()))
          .register(meters)
          .record(Duration.between(run.startedAt(), run.finishedAt()));
    }
    run.steps().forEach(this::record);
  }

  private void record(StepView step) {
    if (step.startedAt() != null && step.finishedAt() != null) {
      Timer.builder("aviary.step.duration")
          .description("From a step's start to its end")
          .tag("step", step.kind())
          .tag("outcome", step.status().name().toLowerCase(Locale.ROOT))
          .register(meters)
          .record(Duration.between(step.startedAt(), step.finishedAt()));
    }
  }

  private static String word(RunStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void destroy() {
    workers.close();
  }
}
