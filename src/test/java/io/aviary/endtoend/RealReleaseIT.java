package io.aviary.endtoend;

import org.junit.jupiter.api.Assumptions;

/** The suite on the cluster that {@code TEST_KUBECONFIG} names; in CI there must be one. */
class RealReleaseIT extends ReleaseSuite {

  private static final String LEFT_OUT =
      "LEFT OUT: everything on a real cluster, because TEST_KUBECONFIG names none; see docs/testing.md";

  @Override
  Backend backend() {
    var backend = RealBackend.find();
    if (backend.isEmpty() && System.getenv("CI") != null) {
      throw new IllegalStateException("TEST_KUBECONFIG must name a cluster in CI");
    }
    if (backend.isEmpty()) {
      System.out.println(LEFT_OUT);
    }
    Assumptions.assumeTrue(backend.isPresent(), LEFT_OUT);
    return backend.get();
  }
}
