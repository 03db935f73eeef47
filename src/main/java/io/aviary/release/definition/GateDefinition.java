package io.aviary.release.definition;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A share of traffic and what must hold while the canary gets it.
 *
 * @param name unique, also the name of the gate's step
 * @param traffic per cent of production's requests; null: the share stays as it is
 * @param hold at least this long; null: as long as the rest needs
 * @param timeout wall clock for share, hold, test and metrics; an approval has its own
 */
public record GateDefinition(
    String name,
    @Nullable Double traffic,
    @Nullable Duration hold,
    Duration timeout,
    @Nullable TestDefinition test,
    List<MetricDefinition> metrics,
    OnInconclusive onInconclusive,
    @Nullable ApprovalDefinition approval) {

  public GateDefinition {
    metrics = List.copyOf(metrics);
  }

  /** What happens when the timeout is over and there is no verdict. */
  public enum OnInconclusive {
    WAIT,
    ROLL_BACK
  }
}
