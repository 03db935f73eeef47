package io.aviary.endtoend;

import io.aviary.endtoend.World.Scene;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Tests that run side by side on one server, each with an application of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
abstract class SceneSuite {

  /** Each test has its thread to the end. */
  private static final ThreadLocal<Scene> SCENE = new ThreadLocal<>();

  private World world;

  abstract Backend backend();

  @BeforeAll
  void start() {
    world = World.start(backend());
  }

  @AfterAll
  void stop() {
    if (world != null) {
      world.close();
    }
  }

  @BeforeEach
  void anApplicationOfItsOwn() {
    SCENE.set(world.scene());
  }

  @AfterEach
  void nothingIsLeftBehind() {
    scene().tidy();
    SCENE.remove();
  }

  /** How long the backend may take for a release. */
  Duration patience() {
    return world.patience();
  }

  /** Of the test that runs in this thread. */
  static Scene scene() {
    return SCENE.get();
  }
}
