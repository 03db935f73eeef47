package io.aviary.pipeline;

import io.aviary.release.step.Outcome;
import io.aviary.release.step.StepBean;
import io.aviary.release.step.StepContext;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Removes the canary after a failure, a cancel or a newer commit; production's pods are not
 * touched.
 */
@Component
class RollbackCanary implements StepBean<CanaryRemoved> {

  private final CanaryRemoval removal;

  RollbackCanary(CanaryRemoval removal) {
    this.removal = removal;
  }

  @Override
  public Class<CanaryRemoved> dataType() {
    return CanaryRemoved.class;
  }

  /** An undo is worth much patience: the cluster may be away for minutes. */
  @Override
  public Duration timeout(StepContext<CanaryRemoved> step) {
    return Duration.ofMinutes(30);
  }

  @Override
  public List<String> left(StepContext<CanaryRemoved> step) {
    return CanaryRemoval.recorded(step);
  }

  @Override
  public Outcome<CanaryRemoved> advance(StepContext<CanaryRemoved> step) {
    var known = step.data().orElse(null);
    if (known == null) {
      var ending = step.ending().orElseThrow();
      known =
          new CanaryRemoved(ending.status() + ": " + ending.reason(), CanaryRemoval.Progress.NONE);
      step.record("rollback branch " + step.name() + ", condition: " + known.condition(), known);
      step.remember(known);
    }
    var progress = removal.advance(step, known.progress());
    var next = new CanaryRemoved(known.condition(), progress);
    if (progress.isGone()) {
      return Outcome.done(next, "the canary is gone");
    }
    if (step.isOverdue()) {
      return Outcome.failed(
          next,
          "still in the cluster: " + String.join(", ", removal.left(step)),
          removal.left(step));
    }
    return Outcome.waitForCluster(next, progress.words(), step.now(), Duration.ofSeconds(1));
  }
}
