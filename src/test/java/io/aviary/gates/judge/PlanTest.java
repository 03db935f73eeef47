package io.aviary.gates.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.aviary.release.definition.GateDefinition;
import io.aviary.release.definition.GateDefinition.OnInconclusive;
import io.aviary.release.definition.MetricDefinition;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlanTest {

  private static final MetricDefinition COUNTS = Metrics.ofCounts().max(0.01).named("errors");
  private static final MetricDefinition SAMPLES = Metrics.ofSamples().max(0.5).named("p99");

  static GateDefinition gate(@Nullable Duration hold, MetricDefinition... metrics) {
    return new GateDefinition(
        "watch",
        25.0,
        hold,
        Duration.ofHours(1),
        null,
        List.of(metrics),
        OnInconclusive.WAIT,
        null);
  }

  @Test
  void aHoldHasAsManyLooksAsFitIn() {
    var gate = gate(Duration.ofMinutes(10), COUNTS);
    assertThat(Plan.of(gate, COUNTS)).isEqualTo(new Plan(20, 0.01));
    assertThat(Plan.of(gate(Duration.ofSeconds(80), COUNTS), COUNTS).looks()).isEqualTo(2);
    assertThat(Plan.of(gate(Duration.ofSeconds(5), COUNTS), COUNTS).looks()).isEqualTo(1);
  }

  @Test
  void withoutAHoldItIsWhatTheMetricNeeds() {
    assertThat(Plan.of(gate(null, COUNTS), COUNTS).looks()).isEqualTo(10);
    assertThat(Plan.of(gate(null, SAMPLES), SAMPLES).looks()).isEqualTo(10);
  }

  @Test
  void theMetricsOfAGateShareItsFalseAlarms() {
    assertThat(Plan.of(gate(null, COUNTS, SAMPLES), SAMPLES).falseAlarms()).isEqualTo(0.005);
  }

  @Test
  void aPlanOfNothingIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Plan(0, 0.01));
    assertThatIllegalArgumentException().isThrownBy(() -> new Plan(5, 0));
  }
}
