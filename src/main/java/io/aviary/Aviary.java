package io.aviary;

import io.aviary.ops.PreparedStart;
import io.aviary.ops.StartCache;
import io.aviary.ops.SystemCheck;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the server. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Aviary {

  public static void main(String[] args) {
    if (StartCache.isAskedFor(args)) {
      System.exit(StartCache.run(Aviary.class, args, System.out));
    }
    StartCache.endIfOfAnotherBuild(Aviary.class);
    if (SystemCheck.isAskedFor(args)) {
      System.exit(SystemCheck.run(Aviary.class, args, System.out));
    }
    PreparedStart.run(Aviary.class, args);
  }
}
