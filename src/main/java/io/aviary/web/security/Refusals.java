package io.aviary.web.security;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;

/** What somebody is told who may not do something. */
final class Refusals {

  /** Of a handler of ours, which is in the audit already when it is answered. */
  static final class Refused extends AccessDeniedException {
    private static final long serialVersionUID = 1L;

    private Refused(String message) {
      super(message);
    }
  }

  private Refusals() {}

  static AccessDeniedException tooLow(Right right, @Nullable String application) {
    var role = right.least().name().toLowerCase(Locale.ROOT);
    return new Refused(
        "this needs the role "
            + role
            + (application == null ? "" : " for " + application)
            + ", which you do not have; ask an administrator for it");
  }

  static AccessDeniedException openToNobody() {
    return new Refused("this is open to nobody: no right has been set for it");
  }
}
