package io.aviary;

import io.aviary.ops.SystemCheck;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the server. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Aviary {

  public static void main(String[] args) {
    if (SystemCheck.isAskedFor(args)) {
      System.exit(SystemCheck.run(Aviary.class, args, System.out));
    }
    SpringApplication.run(Aviary.class, args);
  }
}
