package io.aviary.ops;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/** A connection to a database that H2 has closed is of no use any more, though it seems valid. */
final class ClosedDatabase implements SQLExceptionOverride {

  /** H2's code for it. */
  private static final int CLOSED = 90098;

  // Without the annotation, whose name is that of the answer here.
  @SuppressWarnings("MissingOverride")
  public SQLExceptionOverride.Override adjudicate(SQLException failure) {
    return failure.getErrorCode() == CLOSED
        ? SQLExceptionOverride.Override.MUST_EVICT
        : SQLExceptionOverride.Override.CONTINUE_EVICT;
  }
}
