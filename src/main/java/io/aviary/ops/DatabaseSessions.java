package io.aviary.ops;

import com.zaxxer.hikari.HikariDataSource;
import java.util.Locale;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/**
 * What the connection pool does not do by itself so that a server gets over its database's
 * troubles, and its siblings over its own.
 *
 * <p>A server that hangs in the middle of a transaction keeps its locks, and with them its runs,
 * for as long as its connection lasts: PostgreSQL ends such a session before the lease runs out.
 * Whoever sets {@code spring.datasource.hikari.connection-init-sql} decides otherwise.
 *
 * <p>H2 closes a database whose file it cannot write to, as on a full disk, and the connections to
 * it seem valid to the pool for ever: they are thrown away, and the next ones open the file anew.
 *
 * <p>H2 keeps the last eight statements of a connection compiled. A push alone has a dozen, each of
 * which would be compiled anew every time. A URL that says how many decides otherwise.
 */
@Component
class DatabaseSessions implements BeanPostProcessor {

  /** Less than a lease; no transaction of a server that lives is silent for so long. */
  static final String LIMIT = "SET idle_in_transaction_session_timeout = '8s'";

  private static final String COMPILED = "QUERY_CACHE_SIZE";
  private static final String KEPT = "128";

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof HikariDataSource pool) {
      var url = String.valueOf(pool.getJdbcUrl());
      if (url.startsWith("jdbc:postgresql:") && pool.getConnectionInitSql() == null) {
        pool.setConnectionInitSql(LIMIT);
      }
      if (url.startsWith("jdbc:h2:") && pool.getExceptionOverride() == null) {
        pool.setExceptionOverride(new ClosedDatabase());
      }
      if (url.startsWith("jdbc:h2:") && !url.toUpperCase(Locale.ROOT).contains(COMPILED + "=")) {
        pool.addDataSourceProperty(COMPILED, KEPT);
      }
    }
    return bean;
  }
}
