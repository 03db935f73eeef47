package io.aviary.web.security;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;

/** What somebody is told who may not do something. */
final class Refusals {

  private Refusals() {}

  static AccessDeniedException tooLow(Right right, @Nullable String application) {
    var role = right.least().name().toLowerCase(Locale.ROOT);
    return new AccessDeniedException(
        "this needs the role "
            + role
            + (application == null ? "" : " for " + application)
            + ", which you do not have; ask an administrator for it");
  }

  static AccessDeniedException openToNobody() {
    return new AccessDeniedException("this is open to nobody: no right has been set for it");
  }
}
