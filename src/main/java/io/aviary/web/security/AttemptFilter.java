package io.aviary.web.security;

import io.aviary.release.AviaryProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Set;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Slows down whoever guesses: names and passwords, bearer tokens, signatures of webhooks. What
 * fails too often from one address is answered with 429 for the rest of the minute, before anything
 * is looked up or computed.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
class AttemptFilter extends OncePerRequestFilter {

  /** What a guess is answered with; a webhook's body may also be wrong on purpose. */
  private static final Set<Integer> FAILURES = Set.of(400, 401, 413);

  private final AttemptLimits signIns;
  private final AttemptLimits tokens;
  private final AttemptLimits webhooks;

  AttemptFilter(AviaryProperties properties, InstantSource clock) {
    var limits = properties.security().limits();
    signIns = new AttemptLimits(limits.signIns(), clock);
    tokens = new AttemptLimits(limits.tokens(), clock);
    webhooks = new AttemptLimits(limits.webhooks(), clock);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var path = request.getRequestURI().substring(request.getContextPath().length());
    var address = request.getRemoteAddr();
    if (path.equals("/login") && request.getMethod().equals("POST")) {
      if (!signIns.attempt(address)) {
        refuse(response, "too many attempts to sign in from your address; wait a minute");
        return;
      }
      chain.doFilter(request, response);
      var location = response.getHeader(HttpHeaders.LOCATION);
      if (location != null && !location.contains("/login")) {
        signIns.giveBack(address);
      }
      return;
    }
    var limits =
        path.startsWith("/webhooks/") ? webhooks : BearerFilter.isMeant(request) ? tokens : null;
    if (limits == null) {
      chain.doFilter(request, response);
      return;
    }
    if (limits.isExhausted(address)) {
      refuse(response, "too many requests from your address were refused; wait a minute");
      return;
    }
    chain.doFilter(request, response);
    var status = response.getStatus();
    if (limits == webhooks ? FAILURES.contains(status) : status == 401) {
      var _ = limits.attempt(address);
    }
  }

  private static void refuse(HttpServletResponse response, String detail) throws IOException {
    response.setStatus(429);
    response.setHeader(HttpHeaders.RETRY_AFTER, "60");
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response
        .getOutputStream()
        .write(
            ("{\"title\":\"Too Many Requests\",\"status\":429,\"detail\":\"" + detail + "\"}")
                .getBytes(StandardCharsets.UTF_8));
  }
}
