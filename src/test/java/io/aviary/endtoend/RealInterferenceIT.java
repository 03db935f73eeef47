package io.aviary.endtoend;

import org.junit.jupiter.api.Tag;

/** Somebody works on the cluster that {@code TEST_KUBECONFIG} names. */
@Tag("long")
class RealInterferenceIT extends InterferenceSuite {

  @Override
  Backend backend() {
    return RealBackend.demanded();
  }
}
