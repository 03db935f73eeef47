package io.aviary.release.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.RunStatus;
import io.aviary.release.StepStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class TransitionsTest {

  @Test
  void theTableOfRuns() {
    assertThat(printed(Transitions.OF_RUN, RunStatus.values()))
        .isEqualTo(
            """
            QUEUED -> [RUNNING, FAILED, CANCELLED, SUPERSEDED]
            RUNNING -> [QUEUED, WAITING, SUCCEEDED, ROLLED_BACK, FAILED, CANCELLED, SUPERSEDED]
            WAITING -> [RUNNING]
            SUCCEEDED -> []
            ROLLED_BACK -> []
            FAILED -> []
            CANCELLED -> []
            SUPERSEDED -> []
            """);
  }

  @Test
  void theTableOfSteps() {
    assertThat(printed(Transitions.OF_STEP, StepStatus.values()))
        .isEqualTo(
            """
            PENDING -> [RUNNING, SKIPPED]
            RUNNING -> [WAITING, SUCCEEDED, FAILED, SKIPPED, CANCELLED]
            WAITING -> [RUNNING, SUCCEEDED, FAILED, SKIPPED, CANCELLED]
            SUCCEEDED -> []
            FAILED -> []
            SKIPPED -> []
            CANCELLED -> []
            """);
  }

  @TestFactory
  Stream<DynamicTest> everyPairOfRunStates() {
    return pairs(RunStatus.values()).stream()
        .map(
            pair ->
                DynamicTest.dynamicTest(
                    pair.get(0) + " to " + pair.get(1),
                    () ->
                        check(
                            () -> Transitions.check(pair.get(0), pair.get(1)),
                            pair.get(0) == pair.get(1)
                                || Transitions.OF_RUN
                                    .getOrDefault(pair.get(0), Set.of())
                                    .contains(pair.get(1)))));
  }

  @TestFactory
  Stream<DynamicTest> everyPairOfStepStates() {
    return pairs(StepStatus.values()).stream()
        .map(
            pair ->
                DynamicTest.dynamicTest(
                    pair.get(0) + " to " + pair.get(1),
                    () ->
                        check(
                            () -> Transitions.check(pair.get(0), pair.get(1)),
                            pair.get(0) == pair.get(1)
                                || Transitions.OF_STEP
                                    .getOrDefault(pair.get(0), Set.of())
                                    .contains(pair.get(1)))));
  }

  @Test
  void finalStatesAreThoseWithoutAWayOut() {
    for (var status : RunStatus.values()) {
      assertThat(status.isFinal())
          .as("%s", status)
          .isEqualTo(Transitions.OF_RUN.getOrDefault(status, Set.of()).isEmpty());
    }
    for (var status : StepStatus.values()) {
      assertThat(status.isFinal())
          .as("%s", status)
          .isEqualTo(Transitions.OF_STEP.getOrDefault(status, Set.of()).isEmpty());
    }
  }

  private static void check(Runnable transition, boolean allowed) {
    if (allowed) {
      transition.run();
    } else {
      assertThatThrownBy(transition::run).isInstanceOf(IllegalStateException.class);
    }
  }

  private static <S> List<List<S>> pairs(S[] states) {
    var pairs = new ArrayList<List<S>>();
    for (var from : states) {
      for (var to : states) {
        pairs.add(List.of(from, to));
      }
    }
    return pairs;
  }

  private static <S extends Enum<S>> String printed(java.util.Map<S, Set<S>> table, S[] states) {
    var text = new StringBuilder();
    for (var from : states) {
      text.append(from).append(" -> ").append(table.getOrDefault(from, Set.of())).append('\n');
    }
    return text.toString();
  }
}
