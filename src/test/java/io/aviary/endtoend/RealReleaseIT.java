package io.aviary.endtoend;

/** The suite on the cluster that {@code TEST_KUBECONFIG} names; in CI there must be one. */
class RealReleaseIT extends ReleaseSuite {

  @Override
  Backend backend() {
    return RealBackend.demanded();
  }
}
