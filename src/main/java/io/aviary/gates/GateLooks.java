package io.aviary.gates;

import io.aviary.gates.judge.Look;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that gates have measured. A look is stored before it is judged, so that a verdict never rests
 * on what nobody can look up.
 */
public interface GateLooks {

  /** Which metric of which gate. */
  record Place(long run, String gate, String metric) {}

  /**
   * A look as it is stored.
   *
   * @param requests of everybody, the canary's included; null: not counted by this metric
   */
  record Stored(Look look, @Nullable Double requests) {}

  /**
   * Stores a look, unless one with this number is stored already: what was measured first stays.
   *
   * @param number from 1
   */
  void add(Place place, int number, Stored look);

  /** All of a metric, in order. */
  List<Stored> of(Place place);
}
