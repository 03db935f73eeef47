package io.aviary.webhook;

import io.aviary.release.Housekeeping;
import io.aviary.release.RetentionProperties;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Removes deliveries that GitHub can no longer send again. What a branch's newest head was decided
 * by stays known without them.
 */
@Component
@EnableConfigurationProperties(RetentionProperties.class)
class DeliveryRetention implements Housekeeping {

  private static final int AT_ONCE = 500;

  private final JdbcClient jdbc;
  private final RetentionProperties retention;
  private final InstantSource clock;

  DeliveryRetention(JdbcClient jdbc, RetentionProperties retention, InstantSource clock) {
    this.jdbc = jdbc;
    this.retention = retention;
    this.clock = clock;
  }

  @Override
  public String what() {
    return "deliveries";
  }

  @Override
  public int clear() {
    var now = clock.instant();
    var old = now.minus(retention.deliveriesFor()).atOffset(ZoneOffset.UTC);
    var cannotComeAgain = now.minus(RetentionProperties.REDELIVERY).atOffset(ZoneOffset.UTC);
    var newestThatStay =
        jdbc.sql("SELECT seq FROM delivery ORDER BY seq DESC OFFSET ? ROWS FETCH FIRST 1 ROW ONLY")
            .param(retention.deliveriesAtMost())
            .query(Long.class)
            .optional()
            .orElse(-1L);
    var removed = 0;
    while (true) {
      var part =
          jdbc.sql(
                  "SELECT seq FROM delivery d WHERE (received_at < :old OR (seq <= :beyond AND received_at < :again))"
                      + " AND NOT EXISTS (SELECT 1 FROM delivery_verdict v WHERE v.delivery = d.seq AND v.asks_git)"
                      + " ORDER BY seq FETCH FIRST "
                      + AT_ONCE
                      + " ROWS ONLY")
              .param("old", old)
              .param("beyond", newestThatStay)
              .param("again", cannotComeAgain)
              .query((row, n) -> row.getLong(1))
              .list();
      if (part.isEmpty()) {
        return removed;
      }
      jdbc.sql("DELETE FROM delivery WHERE seq IN (:part)").param("part", part).update();
      removed += part.size();
    }
  }
}
