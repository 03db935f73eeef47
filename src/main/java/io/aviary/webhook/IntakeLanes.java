package io.aviary.webhook;

import java.sql.DatabaseMetaData;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;
import org.springframework.stereotype.Component;

/**
 * Takes deliveries in together where many come at once, so that they share a commit. Deliveries
 * about one repository are in one lane, and so are decided about in the order in which they came.
 * Safe for use by many threads.
 */
@Component
class IntakeLanes implements SmartLifecycle {

  /** Another database is a network away, and most of the time a lane waits for it. */
  private static final int TO_A_SERVER = 8;

  /** There before the web server is, and until its requests have ended. */
  private static final int PHASE = 0;

  private final Intake intake;
  private final DataSource database;
  private volatile List<IntakeLane> lanes = List.of();

  IntakeLanes(Intake intake, DataSource database) {
    this.intake = intake;
    this.database = database;
  }

  /**
   * Takes a delivery in; returns once that is committed.
   *
   * @param recipients not empty; each only once
   * @throws FullIntakeException if more wait than may wait; nothing of the delivery is stored
   * @throws org.springframework.dao.DataAccessException if nothing of the delivery is stored
   * @throws org.springframework.transaction.TransactionException if there is no database, or it
   *     went away; after a commit that got no answer the delivery is stored, or nothing of it
   */
  Answer receive(Delivery delivery, StoredBody body, List<Recipient> recipients) {
    var open = lanes;
    if (!open.isEmpty()) {
      var answer = lane(open, delivery).receive(new Arrival(delivery, body, recipients));
      if (answer.isPresent()) {
        return answer.get();
      }
    }
    return intake.receive(delivery, body, recipients);
  }

  private static IntakeLane lane(List<IntakeLane> lanes, Delivery delivery) {
    var repository = delivery.repository();
    return repository == null
        ? lanes.getFirst()
        : lanes.get(Math.floorMod(repository.toLowerCase(Locale.ROOT).hashCode(), lanes.size()));
  }

  @Override
  public void start() {
    lanes =
        IntStream.range(0, isEmbedded() ? 1 : TO_A_SERVER)
            .mapToObj(n -> new IntakeLane("aviary-intake-" + n, intake::receiveTogether))
            .toList();
  }

  private boolean isEmbedded() {
    try {
      return JdbcUtils.extractDatabaseMetaData(database, DatabaseMetaData::getDatabaseProductName)
          .equals("H2");
    } catch (MetaDataAccessException e) {
      throw new IllegalStateException("the database does not say what it is", e);
    }
  }

  /** Stores what waits. */
  @Override
  public void stop() {
    var open = lanes;
    lanes = List.of();
    try {
      for (var lane : open) {
        lane.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return !lanes.isEmpty();
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
