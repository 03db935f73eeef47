package io.aviary.endtoend;

import io.aviary.simulation.Pace;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The suite on the simulated cluster: always, and within a minute. */
class SimulatedReleaseIT extends ReleaseSuite {

  @TempDir static Path folder;

  @Override
  Backend backend() {
    return SimulatedBackend.start(folder, Pace.BRISK);
  }
}
