package io.aviary.ops;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/**
 * Down while changed files of the configuration have mistakes. No part of liveness or readiness:
 * the server goes on with what it had.
 */
@Component("configurationHealthIndicator")
class ConfigurationHealth extends AbstractHealthIndicator {

  private final ConfigurationWatch watch;

  ConfigurationHealth(ConfigurationWatch watch) {
    super("the configuration could not be looked at");
    this.watch = watch;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    var mistakes = watch.mistakes();
    if (mistakes.isEmpty()) {
      health.up();
    } else {
      health.down().withDetail("notInEffect", mistakes);
    }
  }
}
