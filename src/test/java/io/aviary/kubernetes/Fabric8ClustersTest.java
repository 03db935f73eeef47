package io.aviary.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aviary.release.masking.Masking;
import io.aviary.release.step.Wakeups;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class Fabric8ClustersTest {

  private static final Wakeups NOBODY = run -> {};

  @TempDir Path folder;

  private Path kubeconfig = Path.of("");

  @BeforeEach
  void writeKubeconfig() {
    kubeconfig =
        Kubeconfigs.write(
            folder,
            "one",
            new TreeMap<>(Map.of("one", "http://127.0.0.1:1", "two", "http://127.0.0.1:2")));
  }

  @Test
  void picksTheContextAndConnectsNotBeforeItIsAsked() {
    try (var clusters = new Fabric8Clusters(() -> NOBODY, new Masking(List.of()), kubeconfig)) {
      assertUnreachable(clusters.cluster("two"), "http://127.0.0.1:2");
      assertUnreachable(clusters.cluster(null), "http://127.0.0.1:1");
      assertThat(clusters.cluster("one")).isSameAs(clusters.cluster("one"));
    }
  }

  @Test
  void anUnknownContextIsNamedWithThoseThatAreKnown() {
    try (var clusters = new Fabric8Clusters(() -> NOBODY, new Masking(List.of()), kubeconfig)) {
      assertThatThrownBy(() -> clusters.cluster("three"))
          .isInstanceOfSatisfying(ClusterException.class, e -> assertThat(e.isRejection()).isTrue())
          .hasMessageContaining("no context 'three'")
          .hasMessageContaining("[one, two]");
    }
  }

  @Test
  void aKubeconfigThatIsNotThereIsNamed() {
    try (var clusters =
        new Fabric8Clusters(() -> NOBODY, new Masking(List.of()), folder.resolve("none"))) {
      assertThatThrownBy(() -> clusters.cluster(null))
          .isInstanceOf(ClusterException.class)
          .hasMessageContaining(folder.resolve("none").toString());
    }
  }

  @Test
  void isABeanThatNeedsTheEngineOnlyAtTheFirstEvent() {
    new ApplicationContextRunner()
        .withBean(Masking.class, () -> new Masking(List.of()))
        .withUserConfiguration(Fabric8Clusters.class)
        .withPropertyValues("aviary.kubeconfig=" + kubeconfig)
        .run(
            context ->
                assertUnreachable(
                    context.getBean(Clusters.class).cluster(null), "http://127.0.0.1:1"));
  }

  @Test
  void startsWithoutAnyKubeconfig() {
    new ApplicationContextRunner()
        .withBean(Masking.class, () -> new Masking(List.of()))
        .withUserConfiguration(Fabric8Clusters.class)
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Clusters.class));
  }

  private static void assertUnreachable(Cluster cluster, String address) {
    assertThatThrownBy(cluster::describe)
        .isInstanceOfSatisfying(ClusterException.class, e -> assertThat(e.isRejection()).isFalse())
        .hasMessageContaining(address);
  }
}
