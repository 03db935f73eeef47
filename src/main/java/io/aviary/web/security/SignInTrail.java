package io.aviary.web.security;

import io.aviary.release.audit.AuditEntry.Kind;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.AbstractAuthenticationFailureEvent;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;

/** Who came in by which door, who was not let in, and who left. */
@Component
class SignInTrail {

  private final AuditTrail trail;

  SignInTrail(AuditTrail trail) {
    this.trail = trail;
  }

  @EventListener
  void on(InteractiveAuthenticationSuccessEvent event) {
    var who = event.getAuthentication();
    trail.signIn(Kind.SIGN_IN, who.getName(), address(who), "sign in", "as " + roles(who));
  }

  /** Names are recorded as they were typed; the answer does not tell which of them exist. */
  @EventListener
  void on(AbstractAuthenticationFailureEvent event) {
    var who = event.getAuthentication();
    trail.signIn(
        Kind.REFUSAL,
        who.getName(),
        address(who),
        "sign in",
        String.valueOf(event.getException().getMessage()));
  }

  @EventListener
  void on(LogoutSuccessEvent event) {
    var who = event.getAuthentication();
    trail.signIn(Kind.SIGN_IN, who.getName(), address(who), "sign out", "asked for");
  }

  private static @Nullable String address(Authentication who) {
    return who.getDetails() instanceof WebAuthenticationDetails details
        ? details.getRemoteAddress()
        : null;
  }

  private static String roles(Authentication who) {
    return who.getAuthorities().stream()
        .filter(Granted.class::isInstance)
        .map(it -> String.valueOf(it.getAuthority()))
        .collect(java.util.stream.Collectors.joining(", "));
  }
}
