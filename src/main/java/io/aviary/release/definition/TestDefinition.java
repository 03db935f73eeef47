package io.aviary.release.definition;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A pod that runs once; its exit code is the verdict.
 *
 * @param image key of an image of this definition
 * @param command empty: the image's own
 * @param env placeholders not yet replaced
 */
public record TestDefinition(
    String image, List<String> command, Map<String, String> env, Duration timeout) {

  public TestDefinition {
    command = List.copyOf(command);
    env = Map.copyOf(env);
  }
}
