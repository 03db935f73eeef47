package io.aviary.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.web.filter.OncePerRequestFilter;

/** Signs a program in by {@code Authorization: Bearer …}, for one request. */
class BearerFilter extends OncePerRequestFilter {

  private static final String SCHEME = "Bearer ";
  private final BearerTokens configured;
  private final ApiTokens made;
  private final AuditTrail trail;
  private final AuthenticationEntryPoint refuse;

  BearerFilter(
      BearerTokens configured, ApiTokens made, AuditTrail trail, AuthenticationEntryPoint refuse) {
    this.configured = configured;
    this.made = made;
    this.trail = trail;
    this.refuse = refuse;
  }

  static boolean isMeant(HttpServletRequest request) {
    var header = request.getHeader(HttpHeaders.AUTHORIZATION);
    return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var header = request.getHeader(HttpHeaders.AUTHORIZATION);
    var who = authentication(header.substring(SCHEME.length()).strip());
    if (who.isEmpty()) {
      var why = "the bearer token is not known here, has expired or was revoked";
      trail.refused(request, null, why);
      refuse.commence(request, response, new BadCredentialsException(why));
      return;
    }
    var context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(who.get());
    SecurityContextHolder.setContext(context);
    chain.doFilter(request, response);
  }

  private Optional<Authentication> authentication(String value) {
    var program =
        configured
            .find(value)
            .map(
                token ->
                    UsernamePasswordAuthenticationToken.authenticated(
                        token.name(), "", List.of(Granted.everywhere(token.role()))));
    if (program.isPresent()) {
      return program.map(Authentication.class::cast);
    }
    return made.find(value)
        .map(
            holder ->
                UsernamePasswordAuthenticationToken.authenticated(holder, "", holder.grants()));
  }
}
