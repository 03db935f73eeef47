package io.aviary.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Holds each session against the configuration of now: one of somebody who is no longer configured,
 * or has another password, ends; the rights of everybody else are those of now. A session never
 * keeps what this finds, so that it is found anew with each request.
 */
class SessionsOfNow extends OncePerRequestFilter {

  private final People people;
  private final AuditTrail trail;

  SessionsOfNow(People people, AuditTrail trail) {
    this.people = people;
    this.trail = trail;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var who = SecurityContextHolder.getContext().getAuthentication();
    if (who != null && who.getPrincipal() instanceof Person person) {
      var now = people.find(person.getUsername()).filter(person::isStill);
      if (now.isEmpty()) {
        end(request, person);
      } else if (!now.get().granted().equals(person.granted())) {
        var context = SecurityContextHolder.createEmptyContext();
        var followed =
            UsernamePasswordAuthenticationToken.authenticated(
                now.get(), null, now.get().getAuthorities());
        followed.setDetails(who.getDetails());
        followed.eraseCredentials();
        context.setAuthentication(followed);
        SecurityContextHolder.setContext(context);
      }
    }
    chain.doFilter(request, response);
  }

  private void end(HttpServletRequest request, Person person) {
    Optional.ofNullable(request.getSession(false)).ifPresent(session -> session.invalidate());
    SecurityContextHolder.setContext(SecurityContextHolder.createEmptyContext());
    trail.ended(person.getUsername(), request.getRemoteAddr());
  }
}
