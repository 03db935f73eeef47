package io.aviary.endtoend;

import io.aviary.simulation.Pace;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Somebody works on the simulated cluster. */
class SimulatedInterferenceIT extends InterferenceSuite {

  @TempDir static Path folder;

  @Override
  Backend backend() {
    return SimulatedBackend.start(folder, Pace.BRISK);
  }
}
