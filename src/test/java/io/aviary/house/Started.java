package io.aviary.house;

import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts servers within the tests' process, one at a time: each start sets up the logging of the
 * whole process, in a map that is not made for two.
 */
public final class Started {

  private Started() {}

  public static synchronized ConfigurableApplicationContext from(
      SpringApplicationBuilder application, List<String> arguments) {
    return application.run(arguments.toArray(String[]::new));
  }
}
