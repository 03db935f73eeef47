package io.aviary.github;

import io.aviary.release.PipelineName;
import io.aviary.release.RunChanged;
import io.aviary.release.RunFilter;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/**
 * Takes down what is to be reported when a run changes, and sends it from a thread of its own. A
 * server that dies between a change and its taking down makes up for it: the newest runs are looked
 * at when it starts, and each minute.
 */
final class GitHubOutbox implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(GitHubOutbox.class);
  private static final Duration POLL = Duration.ofSeconds(2);
  private static final Duration SWEEP = Duration.ofMinutes(1);
  private static final int SWEPT = 100;

  private final Reports reports;
  private final Reporter reporter;
  private final Runs runs;
  private final InstantSource clock;
  private final boolean comments;
  private final Set<Long> changed = ConcurrentHashMap.newKeySet();
  private final Semaphore news = new Semaphore(0);
  private final Map<Long, String> swept = new ConcurrentHashMap<>();
  private volatile @Nullable Thread worker;

  GitHubOutbox(
      Reports reports, Reporter reporter, Runs runs, InstantSource clock, boolean comments) {
    this.reports = reports;
    this.reporter = reporter;
    this.runs = runs;
    this.clock = clock;
    this.comments = comments;
  }

  /** Called by whoever changed the run, and so only remembers it. */
  @EventListener
  void on(RunChanged change) {
    changed.add(change.run());
    news.release();
  }

  /** What fails here is found by the sweep. */
  void takeDown() {
    for (var run : List.copyOf(changed)) {
      // Before it is read: what happens meanwhile is another change.
      changed.remove(run);
      runs.find(run).ifPresent(this::want);
    }
  }

  private void want(RunView run) {
    var now = clock.instant();
    reports.want(run.id(), Report.Kind.STATUS, now);
    if (run.pipeline() == PipelineName.PRODUCTION) {
      reports.want(run.id(), Report.Kind.DEPLOYMENT, now);
    }
    if (comments) {
      reports.want(run.id(), Report.Kind.COMMENT, now);
    }
  }

  /** What is the same as before is not said again, so that this costs GitHub nothing. */
  void sweep() {
    var seen = runs.search(RunFilter.ALL, 0, SWEPT).items();
    for (var run : seen) {
      var state = run.status() + " " + run.reason();
      if (!state.equals(swept.put(run.id(), state))) {
        want(run);
      }
    }
    swept.keySet().retainAll(seen.stream().map(RunView::id).toList());
  }

  private void work() {
    var lastSweep = clock.instant().minus(SWEEP);
    while (isRunning()) {
      try {
        if (!clock.instant().isBefore(lastSweep.plus(SWEEP))) {
          lastSweep = clock.instant();
          sweep();
        }
        takeDown();
        if (reporter.sendDue()) {
          continue;
        }
      } catch (RuntimeException e) {
        log.warn("reports to GitHub: {}", e.getMessage());
        log.debug("reports to GitHub", e);
      }
      try {
        if (news.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
          news.drainPermits();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Override
  public void start() {
    var thread = Thread.ofVirtual().name("github-reports").unstarted(this::work);
    worker = thread;
    thread.start();
  }

  @Override
  public void stop() {
    var thread = worker;
    worker = null;
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return worker != null;
  }
}
