package io.aviary.kubernetes;

import io.aviary.house.LeftOut;
import io.aviary.release.masking.Masking;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The cluster that {@code TEST_KUBECONFIG} names, with a namespace that is removed at the end, for
 * tests of other packages.
 */
public final class RealCluster implements AutoCloseable {

  private final Fabric8Clusters clusters;
  private final KubernetesClient admin;
  private final String namespace;

  private RealCluster(Path kubeconfig, String prefix) {
    this.clusters = new Fabric8Clusters(() -> run -> {}, new Masking(List.of()), kubeconfig);
    this.admin =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
    this.namespace =
        prefix + Integer.toHexString(ThreadLocalRandom.current().nextInt() | 0x10000000);
    admin
        .namespaces()
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
  }

  /** Leaves the test out where no cluster is named; never the user's own {@code KUBECONFIG}. */
  public static RealCluster connect(String prefix) {
    return new RealCluster(kubeconfig(), prefix);
  }

  /** Where the cluster is described; as {@link #connect} where none is named. */
  static Path kubeconfig() {
    return LeftOut.unless(
        Optional.ofNullable(System.getenv("TEST_KUBECONFIG")).map(Path::of),
        "what is asked of a real cluster, because TEST_KUBECONFIG names none",
        "TEST_KUBECONFIG must name a cluster in CI");
  }

  /**
   * What stands beside the cluster: the value of an environment variable, which must be there where
   * a cluster is named.
   */
  public static String beside(String variable) {
    var value = System.getenv(variable);
    if (value == null && System.getenv("TEST_KUBECONFIG") != null) {
      throw new IllegalStateException(
          variable + " must be set where TEST_KUBECONFIG is; see docs/testing.md");
    }
    return value == null ? "" : value;
  }

  public Cluster cluster() {
    return clusters.cluster(null);
  }

  public String namespace() {
    return namespace;
  }

  @Override
  public void close() {
    admin.namespaces().withName(namespace).delete();
    admin.close();
    clusters.close();
  }
}
