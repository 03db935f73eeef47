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

  boolean allows(Right right, @Nullable String to) {
    return role.mayActAs(right.least()) && (application == null || application.equals(to));
  }

  @Override
  public String getAuthority() {
    var word = role.name().toLowerCase(Locale.ROOT);
    return application == null ? word : word + " of " + application;
  }
}
