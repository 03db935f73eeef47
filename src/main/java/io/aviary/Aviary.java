package io.aviary;

import io.aviary.ops.StartCache;
import io.aviary.ops.SystemCheck;
import io.aviary.release.AviaryProperties;
import io.aviary.release.RetentionProperties;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

/** Starts the server. */
@SpringBootApplication
// Named, because each scan for one of them would read all classes once more at each start.
@EnableConfigurationProperties({AviaryProperties.class, RetentionProperties.class})
public class Aviary {

  public static void main(String[] args) {
    if (StartCache.isAskedFor(args)) {
      System.exit(StartCache.run(Aviary.class, args, System.out));
    }
    StartCache.endIfOfAnotherBuild(Aviary.class);
    if (SystemCheck.isAskedFor(args)) {
      System.exit(SystemCheck.run(Aviary.class, args, System.out));
    }
    SpringApplication.run(Aviary.class, args);
  }

  /** The tables that are entities; none where only connections are checked. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBooleanProperty(
      name = "spring.data.jpa.repositories.enabled",
      matchIfMissing = true)
  @EntityScan("io.aviary.release.engine")
  @EnableJpaRepositories("io.aviary.release.engine")
  static class Entities {}
}
