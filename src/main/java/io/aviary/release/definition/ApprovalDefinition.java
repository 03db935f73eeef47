package io.aviary.release.definition;

import java.time.Duration;

/**
 * People who must agree before the gate is passed.
 *
 * @param people how many different ones
 * @param notAuthor whether the commit's author is excluded
 */
public record ApprovalDefinition(
    Duration timeout, OnTimeout onTimeout, int people, boolean notAuthor) {

  /** What happens when nobody decided in time. */
  public enum OnTimeout {
    REJECT,
    APPROVE
  }
}
