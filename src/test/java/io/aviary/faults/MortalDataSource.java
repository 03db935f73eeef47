package io.aviary.faults;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * The database as a server sees it that may die: each commit of a transaction that wrote something
 * is a boundary before and after it. What a dead server had not committed is rolled back, as a
 * database does with lost connections.
 */
final class MortalDataSource extends DelegatingDataSource {

  private static final Pattern WRITE =
      Pattern.compile(
          "\\s*(INSERT\\s+INTO|UPDATE|DELETE\\s+FROM|MERGE\\s+INTO)\\s+(\\w+).*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private final Fate fate;

  MortalDataSource(DataSource real, Fate fate) {
    super(real);
    this.fate = fate;
  }

  /** As it is. */
  DataSource real() {
    return obtainTargetDataSource();
  }

  @Override
  public Connection getConnection() throws SQLException {
    fate.check();
    return new Wire(super.getConnection()).proxy();
  }

  private static @Nullable String write(String sql) {
    var match = WRITE.matcher(sql);
    return match.matches()
        ? (match.group(1).split("\\s", 2)[0] + " " + match.group(2)).toLowerCase(Locale.ROOT)
        : null;
  }

  /** One connection. */
  private final class Wire {
    private final Connection real;
    private final Set<String> writes = new LinkedHashSet<>();

    Wire(Connection real) {
      this.real = real;
    }

    Connection proxy() {
      return proxy(Connection.class, this::connection);
    }

    private interface Handler {
      @Nullable Object handle(Method method, @Nullable Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) -> handler.handle(method, arguments)));
    }

    private @Nullable Object connection(Method method, @Nullable Object[] arguments)
        throws Throwable {
      return switch (method.getName()) {
        case "commit" -> {
          commit();
          yield null;
        }
        case "close" -> {
          if (fate.isDead() && !real.isClosed() && !real.getAutoCommit()) {
            real.rollback();
          }
          real.close();
          yield null;
        }
        case "rollback", "isClosed", "getAutoCommit", "setAutoCommit", "setReadOnly", "isValid" -> {
          if (method.getName().equals("rollback")) {
            writes.clear();
          }
          yield call(real, method, arguments);
        }
        case "prepareStatement" -> {
          fate.check();
          var sql = String.valueOf(arguments[0]);
          var statement = Objects.requireNonNull((PreparedStatement) call(real, method, arguments));
          yield proxy(
              PreparedStatement.class, (called, with) -> statement(statement, called, with, sql));
        }
        case "createStatement" -> {
          fate.check();
          var statement = Objects.requireNonNull((Statement) call(real, method, arguments));
          yield proxy(
              Statement.class, (called, with) -> statement(statement, called, with, sqlIn(with)));
        }
        default -> call(real, method, arguments);
      };
    }

    private static String sqlIn(@Nullable Object @Nullable [] arguments) {
      return arguments != null && arguments.length > 0 && arguments[0] instanceof String sql
          ? sql
          : "";
    }

    private void commit() throws SQLException {
      fate.check();
      if (writes.isEmpty()) {
        real.commit();
        return;
      }
      var what = String.join(", ", writes);
      writes.clear();
      fate.pass("database before " + what);
      real.commit();
      fate.pass("database after " + what);
    }

    private @Nullable Object statement(
        Statement statement, Method method, @Nullable Object[] arguments, String sql)
        throws Throwable {
      if (!method.getName().startsWith("execute")) {
        return call(statement, method, arguments);
      }
      fate.check();
      var write = write(sql);
      if (write == null) {
        return call(statement, method, arguments);
      }
      if (!real.getAutoCommit()) {
        writes.add(write);
        return call(statement, method, arguments);
      }
      fate.pass("database before " + write);
      var result = call(statement, method, arguments);
      fate.pass("database after " + write);
      return result;
    }

    private static @Nullable Object call(Object target, Method method, @Nullable Object[] arguments)
        throws Throwable {
      try {
        return method.invoke(target, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause() == null ? e : e.getCause();
      }
    }
  }
}
