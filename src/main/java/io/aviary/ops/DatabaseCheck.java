package io.aviary.ops;

import io.aviary.release.ConnectionCheck;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Whether the database answers, and whether its schema is one of this version's. */
@Component
@Order(1)
class DatabaseCheck implements ConnectionCheck {

  private final DataSource database;

  DatabaseCheck(DataSource database) {
    this.database = database;
  }

  @Override
  public List<Finding> check() {
    try (var connection = database.getConnection()) {
      var about = connection.getMetaData();
      var name = about.getDatabaseProductName() + " " + about.getDatabaseProductVersion();
      // Without what follows a ? or ;, where a password may stand.
      return List.of(
          Finding.good("database", name + " at " + about.getURL().replaceFirst("[?;].*", "")));
    } catch (SQLException e) {
      return List.of(
          Finding.bad(
              "database",
              e.getMessage()
                  + ": check spring.datasource.url, username and password; a database file of H2 is"
                  + " open to one process only"));
    }
  }
}
