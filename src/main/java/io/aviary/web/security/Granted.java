package io.aviary.web.security;

import io.aviary.release.Role;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;

/**
 * A role that somebody has.
 *
 * @param application null: for all of them and for the server itself
 */
record Granted(Role role, @Nullable String application) implements GrantedAuthority {

  static Granted everywhere(Role role) {
    return new Granted(role, null);
  }

  /** As much of it as somebody has who has these; empty: nothing. */
  java.util.Optional<Granted> atMost(java.util.Collection<Granted> own) {
    return own.stream()
        .filter(it -> it.application == null || it.application.equals(application))
        .map(it -> it.role.mayActAs(role) ? role : it.role)
        .max(java.util.Comparator.naturalOrder())
        .map(least -> new Granted(least, application));
  }

  boolean allows(Right right, @Nullable String to) {
    return role.mayActAs(right.least()) && (application == null || application.equals(to));
  }

  @Override
  public String getAuthority() {
    var word = role.name().toLowerCase(Locale.ROOT);
    return application == null ? word : word + " of " + application;
  }
}
