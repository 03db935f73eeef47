package io.aviary.endtoend;

/** Somebody works on the cluster that {@code TEST_KUBECONFIG} names. */
class RealInterferenceIT extends InterferenceSuite {

  @Override
  Backend backend() {
    return RealBackend.demanded();
  }
}
