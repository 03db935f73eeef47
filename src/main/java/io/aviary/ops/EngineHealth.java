package io.aviary.ops;

import io.aviary.release.Clockwork;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/**
 * Part of the server's liveness: a server whose clockwork stands still will never go on by itself,
 * and a new start helps. A database that does not answer is no reason for one: the clockwork counts
 * a question that failed, too.
 */
@Component("engineHealthIndicator")
class EngineHealth extends AbstractHealthIndicator {

  /** More than a connection pool waits for a database that is away. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Clockwork clockwork;
  private final InstantSource clock;

  EngineHealth(Clockwork clockwork, InstantSource clock) {
    super("the engine could not be looked at");
    this.clockwork = clockwork;
    this.clock = clock;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    var lastPoll = clockwork.lastPoll();
    var stands = clockwork.isRunning() && lastPoll.plus(PATIENCE).isBefore(clock.instant());
    (stands ? health.down() : health.up())
        .withDetail("running", clockwork.isRunning())
        .withDetail("lastPoll", lastPoll.toString());
  }
}
