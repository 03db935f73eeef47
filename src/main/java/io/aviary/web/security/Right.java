package io.aviary.web.security;

import io.aviary.release.Role;

/** What somebody may be allowed to do; the table of rights and roles. */
public enum Right {
  /** Applications, runs, logs, events, deliveries without their bodies, metrics. */
  READ(Role.VIEWER),
  TRIGGER(Role.OPERATOR),
  CANCEL(Role.OPERATOR),
  /** Approve or reject what waits for a person. */
  APPROVE(Role.OPERATOR),
  /** Skip what is left of the gates. */
  PROMOTE(Role.OPERATOR),
  /** Pause and go on. */
  PAUSE(Role.OPERATOR),
  RETRY(Role.OPERATOR),
  /** Process a delivery again. */
  REPLAY(Role.OPERATOR),
  /** What GitHub sent, byte for byte. */
  READ_BODIES(Role.ADMIN),
  /** One's own API tokens, of at most the own role. */
  TOKENS(Role.VIEWER),
  ALL_TOKENS(Role.ADMIN),
  FREEZE(Role.OPERATOR),
  /** Who did what. */
  AUDIT(Role.ADMIN),
  /** What concerns the server itself and no application. */
  SYSTEM(Role.ADMIN);

  private final Role least;

  Right(Role least) {
    this.least = least;
  }

  /** The least role that has this right. */
  public Role least() {
    return least;
  }
}
