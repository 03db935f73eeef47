package io.aviary.database;

import java.util.Arrays;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

/** A database of its own for each test that needs tables and no server; whoever asks closes it. */
public final class InMemory {

  private InMemory() {}

  /**
   * H2 in memory.
   *
   * @param migrations file names of those that make the tables
   */
  public static EmbeddedDatabase with(String... migrations) {
    return new EmbeddedDatabaseBuilder()
        .setType(EmbeddedDatabaseType.H2)
        .generateUniqueName(true)
        .addScripts(
            Arrays.stream(migrations).map("classpath:db/migration/"::concat).toArray(String[]::new))
        .build();
  }
}
