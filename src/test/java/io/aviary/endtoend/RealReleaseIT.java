package io.aviary.endtoend;

import org.junit.jupiter.api.Assumptions;

/** The suite on the cluster that {@code TEST_KUBECONFIG} names; in CI there must be one. */
class RealReleaseIT extends ReleaseSuite {

  @Override
  Backend backend() {
    var backend = RealBackend.find();
    if (backend.isEmpty() && System.getenv("CI") != null) {
      throw new IllegalStateException("TEST_KUBECONFIG must name a cluster in CI");
    }
    Assumptions.assumeTrue(
        backend.isPresent(),
        "left out: TEST_KUBECONFIG names no cluster, so the suite ran on the simulated one only");
    return backend.get();
  }
}
