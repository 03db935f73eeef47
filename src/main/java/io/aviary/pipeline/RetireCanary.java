package io.aviary.pipeline;

import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Removes the canary after production has rolled over. Tried again and again: nothing may undo
 * production any more.
 */
@Component
class RetireCanary implements StepBean<CanaryRemoved> {

  private final CanaryRemoval removal;

  RetireCanary(CanaryRemoval removal) {
    this.removal = removal;
  }

  @Override
  public Class<CanaryRemoved> dataType() {
    return CanaryRemoved.class;
  }

  @Override
  public Duration timeout(StepContext<CanaryRemoved> step) {
    return Duration.ofDays(3650);
  }

  @Override
  public Outcome<CanaryRemoved> advance(StepContext<CanaryRemoved> step) {
    var known =
        step.data()
            .orElse(new CanaryRemoved("production has rolled over", CanaryRemoval.Progress.NONE));
    var progress = removal.advance(step, known.progress());
    var next = new CanaryRemoved(known.condition(), progress);
    return progress.isGone()
        ? Outcome.done(next, "the canary is gone")
        : Outcome.waitForCluster(next, progress.words(), step.now(), Duration.ofSeconds(1));
  }
}
