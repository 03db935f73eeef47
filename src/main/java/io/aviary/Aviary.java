package io.aviary;

import io.aviary.ops.SystemCheck;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the server. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Aviary {

  public static void main(String[] args) {
    if (List.of(args).contains(SystemCheck.ARGUMENT)) {
      System.exit(SystemCheck.run(Aviary.class, args, System.out));
    }
    SpringApplication.run(Aviary.class, args);
  }
}
