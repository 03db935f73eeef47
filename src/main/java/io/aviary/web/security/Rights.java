package io.aviary.web.security;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/** Decides who may do what: the one place that does. */
@Component
public class Rights {

  Rights() {}

  /**
   * Whether somebody has a right.
   *
   * @param application null: what is asked for concerns no application
   */
  public boolean may(@Nullable Authentication who, Right right, @Nullable String application) {
    return granted(who).anyMatch(it -> it.allows(right, application));
  }

  /** Whether somebody has a right to some application at least, or to the server. */
  public boolean mayAnywhere(@Nullable Authentication who, Right right) {
    return granted(who).anyMatch(it -> it.allows(right, it.application()));
  }

  /**
   * To whose things somebody's right goes, for lists.
   *
   * @return names of applications; null: to all of them and to what concerns none
   */
  public @Nullable Set<String> within(@Nullable Authentication who, Right right) {
    return may(who, right, null)
        ? null
        : granted(who)
            .map(Granted::application)
            .filter(it -> it != null && may(who, right, it))
            .collect(Collectors.toSet());
  }

  boolean hasAnywhere(@Nullable Authentication who, io.aviary.release.Role role) {
    return granted(who).anyMatch(it -> it.role().mayActAs(role));
  }

  private static Stream<Granted> granted(@Nullable Authentication who) {
    return who == null || !who.isAuthenticated()
        ? Stream.empty()
        : who.getAuthorities().stream().filter(Granted.class::isInstance).map(Granted.class::cast);
  }
}
