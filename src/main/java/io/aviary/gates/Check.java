package io.aviary.gates;

import io.aviary.release.step.Outcome;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one of a gate's conditions says now. */
public sealed interface Check {

  /** For people, one sentence. */
  String reason();

  /** It holds as things are. */
  record Holds(String reason) implements Check {}

  /**
   * Not known yet.
   *
   * @param waitsFor what has to happen
   * @param until to be looked at again then at the latest; null: when something happens
   */
  record Open(Outcome.For waitsFor, String reason, @Nullable Instant until) implements Check {}

  /**
   * Not known yet, and it may never be. While there is time it is looked at again; after that a
   * person may decide.
   *
   * @param until to be looked at again then
   */
  record Unclear(String reason, Instant until) implements Check {}

  /** It does not hold: the gate fails. */
  record Broken(String reason, List<String> evidence) implements Check {
    public Broken {
      evidence = List.copyOf(evidence);
    }
  }
}
