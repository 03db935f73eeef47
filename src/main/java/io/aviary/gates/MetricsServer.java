package io.aviary.gates;

import java.time.Instant;
import java.util.List;

/** Where metrics are asked for. Safe for use by many threads. */
public interface MetricsServer {

  /** A query, placeholders replaced, and the moment for which it is asked. */
  record Question(String query, Instant time) {}

  /** What came of a query. */
  sealed interface Answer {}

  /** One value for each series; none where nothing matches. */
  record Series(List<Double> values) implements Answer {
    public Series {
      values = List.copyOf(values);
    }
  }

  /**
   * There is no answer.
   *
   * @param reason which address and why, for people
   */
  record Failed(String reason) implements Answer {}

  /**
   * Asks all at the same time. Takes a few seconds at most, however many there are and whatever the
   * server does; never throws for what the server does.
   *
   * @return one for each question, in order
   */
  List<Answer> ask(List<Question> questions);
}
