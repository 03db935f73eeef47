package io.aviary.gates;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one of a gate's conditions says now. */
public sealed interface Check {

  /** It holds; nothing will change that. */
  record Holds(String reason) implements Check {}

  /**
   * Not known yet.
   *
   * @param until to be looked at again then at the latest; null: when something happens
   */
  record Open(String reason, @Nullable Instant until) implements Check {}

  /** It does not hold: the gate fails. */
  record Broken(String reason, List<String> evidence) implements Check {
    public Broken {
      evidence = List.copyOf(evidence);
    }
  }
}
