package io.aviary.release;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long what is on record stays. What is under way, live, or needed to undo what is live stays
 * in any case.
 *
 * @param runsFor a run that ended longer ago is removed, with its steps, logs and records
 * @param runsAtLeast so many of the newest runs of each application stay however old they are
 * @param runsAtMost of older ones beyond so many an application's runs are removed however young
 *     they are
 * @param logsFor the log of a step that ended longer ago is removed while its run stays
 * @param deliveriesFor a delivery that was received longer ago is removed; GitHub offers to send
 *     one again for 30 days, and a shorter time would release what it sends again
 * @param deliveriesAtMost of older ones beyond so many are removed, but none younger than 30 days
 */
@ConfigurationProperties("aviary.retention")
public record RetentionProperties(
    @DefaultValue("400d") Duration runsFor,
    @DefaultValue("50") int runsAtLeast,
    @DefaultValue("100000") int runsAtMost,
    @DefaultValue("90d") Duration logsFor,
    @DefaultValue("90d") Duration deliveriesFor,
    @DefaultValue("1000000") int deliveriesAtMost) {

  /** So long GitHub can send a delivery again. */
  public static final Duration REDELIVERY = Duration.ofDays(30);

  public RetentionProperties {
    positive("runs-for", runsFor);
    positive("logs-for", logsFor);
    positive("deliveries-for", deliveriesFor);
    if (runsAtLeast < 0 || runsAtMost < 1 || deliveriesAtMost < 1) {
      throw new IllegalArgumentException(
          "aviary.retention: counts must be positive, not runs-at-least %d, runs-at-most %d, deliveries-at-most %d"
              .formatted(runsAtLeast, runsAtMost, deliveriesAtMost));
    }
    if (deliveriesFor.compareTo(REDELIVERY) < 0) {
      throw new IllegalArgumentException(
          "aviary.retention.deliveries-for is %d d; it must be at least %d d, as long as GitHub can send a delivery again"
              .formatted(deliveriesFor.toDays(), REDELIVERY.toDays()));
    }
  }

  private static void positive(String key, Duration time) {
    if (!time.isPositive()) {
      throw new IllegalArgumentException("aviary.retention." + key + " must be longer than 0");
    }
  }
}
