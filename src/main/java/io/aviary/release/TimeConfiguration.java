package io.aviary.release;

import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where time comes from. */
@Configuration(proxyBeanMethods = false)
class TimeConfiguration {

  /**
   * In microseconds, as the databases keep it, so that what is read back equals what was written.
   */
  @Bean
  InstantSource clock() {
    return Clock.tick(Clock.systemUTC(), Duration.ofNanos(1000));
  }
}
