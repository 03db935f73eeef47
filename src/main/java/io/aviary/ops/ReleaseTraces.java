package io.aviary.ops;

import io.aviary.release.Deliveries;
import io.aviary.release.DeliveryView;
import io.aviary.release.RunChanged;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.release.StepStatus;
import io.aviary.release.StepView;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.EventListener;

/**
 * One trace a release: the delivery, the canary run and its steps, the production run and its
 * steps. It is told from what is on record once a run has ended, not by threads while they work: a
 * release outlives threads, restarts and servers.
 */
final class ReleaseTraces implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(ReleaseTraces.class);
  private static final Set<RunStatus> ERRORS = EnumSet.of(RunStatus.FAILED, RunStatus.ROLLED_BACK);

  private final Tracer tracer;
  private final PlannedIds ids;
  private final Runs runs;
  private final Deliveries deliveries;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

  ReleaseTraces(Tracer tracer, PlannedIds ids, Runs runs, Deliveries deliveries) {
    this.tracer = tracer;
    this.ids = ids;
    this.runs = runs;
    this.deliveries = deliveries;
  }

  @EventListener
  void on(RunChanged change) {
    if (change.isFinal()) {
      workers.execute(
          () -> {
            try {
              runs.find(change.run()).ifPresent(this::tell);
            } catch (RuntimeException e) {
              log.warn("run {} could not be traced: {}", change.run(), e.getMessage());
            }
          });
    }
  }

  void tell(RunView run) {
    var parent = run.parent();
    var first = parent == null ? run : runs.find(parent).orElse(run);
    var release = new Release(first);
    if (run.id() == first.id()) {
      deliveries.ofRun(run.id()).ifPresent(delivery -> tell(release, run, delivery));
    }
    tell(release, run);
    // A canary run that has started production is only the first half of its release.
    if (run.child() == null) {
      release(release, first, run);
    }
  }

  /** Names of the spans of a release, whoever tells them. */
  private record Release(String trace, String root) {
    Release(RunView first) {
      this(
          PlannedIds.traceOf("release " + first.id() + " " + first.createdAt()),
          PlannedIds.spanOf("release " + first.id() + " " + first.createdAt()));
    }

    Context within(String span) {
      var parent =
          SpanContext.createFromRemoteParent(
              trace, span, TraceFlags.getSampled(), TraceState.getDefault());
      return Context.root().with(Span.wrap(parent));
    }
  }

  private void release(Release release, RunView first, RunView last) {
    var begin =
        deliveries.ofRun(first.id()).map(DeliveryView::receivedAt).orElse(first.createdAt());
    span(
        release,
        Context.root(),
        release.root(),
        "release " + first.application(),
        begin,
        Objects.requireNonNullElse(last.finishedAt(), begin),
        span -> {
          span.setAttribute("aviary.application", first.application());
          span.setAttribute("aviary.revision", first.revision());
          span.setAttribute("aviary.outcome", last.status().name());
          fail(span, ERRORS.contains(last.status()), last.reason());
        });
  }

  private void tell(Release release, RunView run, DeliveryView delivery) {
    span(
        release,
        release.within(release.root()),
        PlannedIds.spanOf("delivery " + delivery.id()),
        "delivery",
        delivery.receivedAt(),
        latest(run.createdAt(), delivery.receivedAt()),
        span -> {
          span.setAttribute("aviary.delivery", delivery.id());
          span.setAttribute("aviary.verdict", delivery.verdict().name());
        });
  }

  private void tell(Release release, RunView run) {
    var id = PlannedIds.spanOf("run " + run.id() + " " + run.createdAt());
    span(
        release,
        release.within(release.root()),
        id,
        run.pipeline().word() + " run",
        run.createdAt(),
        Objects.requireNonNullElse(run.finishedAt(), run.createdAt()),
        span -> {
          span.setAttribute("aviary.run", run.id());
          span.setAttribute("aviary.status", run.status().name());
          span.setAttribute("aviary.trigger", run.trigger().name());
          fail(span, ERRORS.contains(run.status()), run.reason());
        });
    for (var step : run.steps()) {
      if (step.startedAt() != null && step.finishedAt() != null) {
        tell(release, run, id, step, step.startedAt(), step.finishedAt());
      }
    }
  }

  private void tell(
      Release release, RunView run, String parent, StepView step, Instant begin, Instant end) {
    span(
        release,
        release.within(parent),
        PlannedIds.spanOf("run " + run.id() + " " + run.createdAt() + " " + step.name()),
        step.name(),
        begin,
        end,
        span -> {
          span.setAttribute("aviary.run", run.id());
          span.setAttribute("aviary.step", step.kind());
          span.setAttribute("aviary.status", step.status().name().toLowerCase(Locale.ROOT));
          span.setAttribute("aviary.attempts", step.attempts());
          fail(span, step.status() == StepStatus.FAILED, step.reason());
        });
  }

  private void span(
      Release release,
      Context parent,
      String id,
      String name,
      Instant begin,
      Instant end,
      Consumer<Span> more) {
    var span =
        ids.with(
            release.trace(),
            id,
            () -> tracer.spanBuilder(name).setParent(parent).setStartTimestamp(begin).startSpan());
    more.accept(span);
    span.end(end);
  }

  private static void fail(Span span, boolean failed, @Nullable String reason) {
    if (failed) {
      span.setStatus(StatusCode.ERROR, Objects.requireNonNullElse(reason, ""));
    }
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  @Override
  public void destroy() {
    workers.close();
  }
}
