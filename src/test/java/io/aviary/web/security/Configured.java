package io.aviary.web.security;

import io.aviary.release.AviaryProperties;
import java.util.List;

/** A configuration like another, but for who is let in. */
final class Configured {

  private Configured() {}

  static AviaryProperties with(AviaryProperties other, List<AviaryProperties.User> users) {
    return with(other, users, other.security().tokens());
  }

  static AviaryProperties with(
      AviaryProperties other,
      List<AviaryProperties.User> users,
      List<AviaryProperties.Token> tokens) {
    return new AviaryProperties(
        other.url(),
        other.github(),
        other.build(),
        other.prometheus(),
        new AviaryProperties.Security(
            tokens, users, other.security().tryOut(), other.security().limits()),
        other.applications());
  }
}
