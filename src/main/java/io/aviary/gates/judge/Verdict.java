package io.aviary.gates.judge;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What the measurements of one metric say of the canary. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "verdict")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Verdict.Pass.class, name = "pass"),
  @JsonSubTypes.Type(value = Verdict.Fail.class, name = "fail"),
  @JsonSubTypes.Type(value = Verdict.Inconclusive.class, name = "inconclusive"),
  @JsonSubTypes.Type(value = Verdict.Undecided.class, name = "undecided")
})
public sealed interface Verdict {

  /** For people, e.g. "p99 480 ms against 210 ms of the baseline, 2.3 ×, n = 40, p < 0.001". */
  String sentence();

  Evidence evidence();

  /** {@code pass}, {@code fail}, {@code inconclusive} or {@code undecided}. */
  default String word() {
    return switch (this) {
      case Pass _ -> "pass";
      case Fail _ -> "fail";
      case Inconclusive _ -> "inconclusive";
      case Undecided _ -> "undecided";
    };
  }

  /** The hold is over, there are enough measurements, and they are within what is allowed. */
  record Pass(String sentence, Evidence evidence) implements Verdict {}

  /** The canary is clearly worse than allowed. It may be said before the hold is over. */
  record Fail(String sentence, Evidence evidence) implements Verdict {}

  /**
   * The hold is over and there is no telling: too few measurements, or too close to what is
   * allowed. Never a pass and never the canary's fault. Another look may decide it.
   */
  record Inconclusive(String sentence, Evidence evidence) implements Verdict {}

  /** The hold is not over, and nothing speaks clearly against the canary so far. */
  record Undecided(String sentence, Evidence evidence) implements Verdict {}
}
