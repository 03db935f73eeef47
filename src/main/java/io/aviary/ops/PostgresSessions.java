package io.aviary.ops;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/**
 * A server that hangs in the middle of a transaction keeps its locks, and with them its runs, for
 * as long as its connection lasts: PostgreSQL ends such a session before the lease runs out, so
 * that a sibling takes over in time. Whoever sets {@code
 * spring.datasource.hikari.connection-init-sql} decides otherwise.
 */
@Component
class PostgresSessions implements BeanPostProcessor {

  /** No transaction of a server that lives is silent for so long. */
  static final String LIMIT = "SET idle_in_transaction_session_timeout = '5s'";

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof HikariDataSource pool
        && String.valueOf(pool.getJdbcUrl()).startsWith("jdbc:postgresql:")
        && pool.getConnectionInitSql() == null) {
      pool.setConnectionInitSql(LIMIT);
    }
    return bean;
  }
}
