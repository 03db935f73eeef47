package io.aviary.github;

import io.aviary.release.PipelineName;
import io.aviary.release.RunFilter;
import io.aviary.release.RunFollower;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Takes down what is to be reported when a run changes, and has it sent. */
final class GitHubOutbox extends RunFollower {

  private static final Duration POLL = Duration.ofSeconds(2);
  private static final int SWEPT = 100;

  private final Reports reports;
  private final Reporter reporter;
  private final Runs runs;
  private final InstantSource clock;
  private final boolean comments;
  private final Map<Long, String> swept = new ConcurrentHashMap<>();

  GitHubOutbox(
      Reports reports, Reporter reporter, Runs runs, InstantSource clock, boolean comments) {
    super("github-reports", POLL, runs, clock);
    this.reports = reports;
    this.reporter = reporter;
    this.runs = runs;
    this.clock = clock;
    this.comments = comments;
  }

  @Override
  protected void takeDown(RunView run) {
    var now = clock.instant();
    reports.want(run.id(), Report.Kind.STATUS, now);
    if (run.pipeline() == PipelineName.PRODUCTION) {
      reports.want(run.id(), Report.Kind.DEPLOYMENT, now);
    }
    if (comments) {
      reports.want(run.id(), Report.Kind.COMMENT, now);
    }
  }

  /**
   * The newest runs. What is the same as before is not said again, so that this costs GitHub
   * nothing.
   */
  @Override
  protected void sweep() {
    var seen = runs.search(RunFilter.ALL, 0, SWEPT).items();
    for (var run : seen) {
      var state = run.status() + " " + run.reason();
      if (!state.equals(swept.put(run.id(), state))) {
        takeDown(run);
      }
    }
    swept.keySet().retainAll(seen.stream().map(RunView::id).toList());
  }

  @Override
  protected boolean tell() {
    return reporter.sendDue();
  }
}
