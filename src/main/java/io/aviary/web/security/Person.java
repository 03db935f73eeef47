package io.aviary.web.security;

import io.aviary.release.AviaryProperties;
import io.aviary.release.Sha256;
import java.util.List;
import org.springframework.security.core.userdetails.User;

/** Somebody of the configuration, as they were when they were looked up. */
final class Person extends User {

  private static final long serialVersionUID = 1L;

  /** Outlives the password's hash, which Spring Security erases once somebody has signed in. */
  private final String mark;

  private final Granted granted;

  /**
   * @param hash that their password is compared with
   */
  Person(AviaryProperties.User user, String hash) {
    this(user.name(), hash, Sha256.hex(user.password()), Granted.everywhere(user.role()));
  }

  private Person(String name, String hash, String mark, Granted granted) {
    super(name, hash, List.of(granted));
    this.mark = mark;
    this.granted = granted;
  }

  /** With a password that can be erased without being lost. */
  Person copy() {
    return new Person(
        getUsername(), java.util.Objects.requireNonNull(getPassword()), mark, granted);
  }

  Granted granted() {
    return granted;
  }

  /** Whether it is the same person with the same password; their role may be another. */
  boolean isStill(Person now) {
    return getUsername().equals(now.getUsername()) && mark.equals(now.mark);
  }
}
