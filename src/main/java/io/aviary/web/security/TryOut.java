package io.aviary.web.security;

import io.aviary.release.Role;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * For a first look on one's own machine: whoever comes from it directly is an administrator. Not
 * through a proxy, whose every guest would seem to come from here; and not under another host's
 * name, by which a page of a stranger's could reach the server from a browser on this machine.
 */
class TryOut extends OncePerRequestFilter {

  private static final Set<String> OWN_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final List<String> MARKS_OF_PROXIES =
      List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

  /** Somebody who did not sign in. */
  static final class Visitor extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1L;

    Visitor() {
      super(List.of(Granted.everywhere(Role.ADMIN)));
      setAuthenticated(true);
    }

    @Override
    public Object getCredentials() {
      return "";
    }

    @Override
    public Object getPrincipal() {
      return "you";
    }
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var context = SecurityContextHolder.getContext();
    if (context.getAuthentication() == null && isFromHere(request)) {
      var own = SecurityContextHolder.createEmptyContext();
      own.setAuthentication(new Visitor());
      SecurityContextHolder.setContext(own);
    }
    chain.doFilter(request, response);
  }

  static boolean isFromHere(HttpServletRequest request) {
    var received = unwrapped(request);
    return MARKS_OF_PROXIES.stream().allMatch(mark -> received.getHeader(mark) == null)
        && isLoopback(received.getRemoteAddr())
        && isOwnName(received.getHeader(HttpHeaders.HOST));
  }

  /**
   * A program on this machine and no browser, which a stranger's page could send: browsers say
   * where a changing request comes from.
   */
  static boolean isProgramFromHere(HttpServletRequest request) {
    return isFromHere(request)
        && request.getHeader(HttpHeaders.ORIGIN) == null
        && request.getHeader(HttpHeaders.COOKIE) == null
        && request.getHeader("Sec-Fetch-Site") == null;
  }

  /** As it came in: what a proxy's headers say about it has been believed by then. */
  private static HttpServletRequest unwrapped(HttpServletRequest request) {
    var inner = request;
    while (inner instanceof ServletRequestWrapper wrapper
        && wrapper.getRequest() instanceof HttpServletRequest next) {
      inner = next;
    }
    return inner;
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.ofLiteral(address).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isOwnName(@org.jspecify.annotations.Nullable String host) {
    return host != null && OWN_NAMES.contains(host.replaceFirst(":\\d+$", ""));
  }
}
