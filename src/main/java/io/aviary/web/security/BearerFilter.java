package io.aviary.web.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.web.filter.OncePerRequestFilter;

/** Signs a program in by {@code Authorization: Bearer …}, for one request. */
class BearerFilter extends OncePerRequestFilter {

  private static final String SCHEME = "Bearer ";
  private final BearerTokens tokens;
  private final AuthenticationEntryPoint refuse;

  BearerFilter(BearerTokens tokens, AuthenticationEntryPoint refuse) {
    this.tokens = tokens;
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
    var token = tokens.find(header.substring(SCHEME.length()).strip());
    if (token.isEmpty()) {
      refuse.commence(
          request, response, new BadCredentialsException("the bearer token is not known here"));
      return;
    }
    var context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(
        UsernamePasswordAuthenticationToken.authenticated(
            token.get().name(), "", List.of(Granted.everywhere(token.get().role()))));
    SecurityContextHolder.setContext(context);
    chain.doFilter(request, response);
  }
}
