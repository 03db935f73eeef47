package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.kubernetes.Rollouts.Progress;
import org.junit.jupiter.api.Test;

class RolloutsTest {

  @Test
  void isCompleteOnceAllPodsAreNewAndAvailableAndNoOldOneIsLeft() {
    assertThat(progress(true, 3, 3, 3).isComplete()).isTrue();
    assertThat(progress(false, 3, 3, 3).isComplete()).as("not observed").isFalse();
    assertThat(progress(true, 4, 3, 3).isComplete()).as("an old one is left").isFalse();
    assertThat(progress(true, 3, 2, 3).isComplete()).as("one is old").isFalse();
    assertThat(progress(true, 3, 3, 2).isComplete()).as("one is not available").isFalse();
    assertThat(new Progress(true, false, 1, 0, 0, 0, 0).isComplete()).as("none wanted").isTrue();
  }

  @Test
  void saysHowFarItIs() {
    assertThat(progress(false, 0, 0, 0).words(0))
        .isEqualTo("waiting for the Deployment's controller");
    assertThat(progress(true, 4, 2, 2).words(2)).isEqualTo("2 of 3 pods ready, 2 old ones left");
    assertThat(progress(true, 4, 3, 2).words(3)).isEqualTo("3 of 3 pods ready, 1 old one left");
    assertThat(progress(true, 3, 3, 1).words(3))
        .isEqualTo("3 of 3 pods ready, 1 of them for long enough");
    assertThat(new Progress(true, true, 1, 3, 3, 1, 3).words(1))
        .isEqualTo("1 of 3 pods ready, but the Deployment is paused, 2 old ones left");
  }

  @Test
  void writesSelectorsAsTheApiReadsThem() {
    var selector =
        Yaml.map(
            """
            matchLabels: {app: birds}
            matchExpressions:
            - {key: tier, operator: In, values: [a, b]}
            - {key: canary, operator: DoesNotExist}
            - {key: zone, operator: Exists}
            - {key: age, operator: NotIn, values: [old]}
            """);

    assertThat(Rollouts.selector(selector))
        .isEqualTo("app=birds,tier in (a,b),!canary,zone,age notin (old)");
  }

  private static Progress progress(boolean observed, int all, int updated, int available) {
    return new Progress(observed, false, 1, 3, all, updated, available);
  }
}
