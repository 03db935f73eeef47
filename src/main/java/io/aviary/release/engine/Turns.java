package io.aviary.release.engine;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Whose turn it is, an application's one run that may change the cluster. A transaction that
 * touches the rows of several runs locks the turn before any of them, so that no two such
 * transactions wait for each other.
 */
@Component
class Turns {

  private final JdbcClient jdbc;
  private final TransactionTemplate apart;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  Turns(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.apart = new TransactionTemplate(transactions);
    apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
  }

  /** Locks the application's turn until the transaction ends. */
  Optional<Long> lock(String application) {
    if (!known.contains(application)) {
      create(application);
    }
    return Optional.ofNullable(
        jdbc.sql("SELECT run_id FROM application_turn WHERE application = ? FOR UPDATE")
            .param(application)
            .query((row, n) -> new Holder((Long) row.getObject("run_id")))
            .single()
            .run());
  }

  /** The lock must be held. */
  void give(String application, @Nullable Long run) {
    jdbc.sql("UPDATE application_turn SET run_id = :run WHERE application = :application")
        .param("run", run, java.sql.Types.BIGINT)
        .param("application", application)
        .update();
  }

  Optional<Long> holder(String application) {
    return jdbc.sql(
            "SELECT run_id FROM application_turn WHERE application = ? AND run_id IS NOT NULL")
        .param(application)
        .query(Long.class)
        .optional();
  }

  private void create(String application) {
    try {
      apart.executeWithoutResult(
          status -> {
            var there =
                jdbc.sql("SELECT COUNT(*) FROM application_turn WHERE application = ?")
                    .param(application)
                    .query(Integer.class)
                    .single();
            if (there == 0) {
              jdbc.sql("INSERT INTO application_turn (application) VALUES (?)")
                  .param(application)
                  .update();
            }
          });
    } catch (DuplicateKeyException e) {
      // Another server was quicker: what matters is that the row is there.
    }
    known.add(application);
  }

  private record Holder(@Nullable Long run) {}
}
