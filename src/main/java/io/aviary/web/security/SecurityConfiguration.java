package io.aviary.web.security;

import io.aviary.release.AviaryProperties;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.AccessDeniedHandlerImpl;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Two ways in: programs by a bearer token, without a session; people by the sign-in page, with one.
 * Webhooks come in without either. What is listed as open is open; everything else needs somebody
 * who has signed in, and handlers of ours name the right that they need, see {@link Needs}.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

  /** Nothing from elsewhere, nothing inline, and inside nobody's frame. */
  private static final String CONTENT =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
          + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private final Rights rights;
  private final AuditTrail trail;
  private final HandlerExceptionResolver errors;

  SecurityConfiguration(
      Rights rights,
      AuditTrail trail,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver errors) {
    this.rights = rights;
    this.trail = trail;
    this.errors = errors;
  }

  /** Programs: each request brings its token. */
  @Bean
  @Order(1)
  SecurityFilterChain tokens(HttpSecurity http, BearerTokens configured, ApiTokens made) {
    common(http);
    return http.securityMatcher(BearerFilter::isMeant)
        .csrf(it -> it.disable())
        .requestCache(it -> it.disable())
        .sessionManagement(it -> it.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .addFilterBefore(
            new BearerFilter(configured, made, trail, problem()),
            AnonymousAuthenticationFilter.class)
        .exceptionHandling(
            it -> it.authenticationEntryPoint(problem()).accessDeniedHandler(deniedProblem()))
        .build();
  }

  /**
   * Webhooks, each of which is judged by its signature: nobody is signed in, and nothing is looked
   * for by which somebody could be. There may be a thousand in a second.
   */
  @Bean
  @Order(2)
  SecurityFilterChain webhooks(HttpSecurity http) {
    common(http);
    return http.securityMatcher(SecurityConfiguration::isWebhook)
        .csrf(it -> it.disable())
        .requestCache(it -> it.disable())
        .logout(it -> it.disable())
        .anonymous(it -> it.disable())
        .servletApi(it -> it.disable())
        .securityContext(it -> it.disable())
        .sessionManagement(it -> it.disable())
        .exceptionHandling(
            it -> it.authenticationEntryPoint(problem()).accessDeniedHandler(deniedProblem()))
        .build();
  }

  /** People, whose browser keeps a session. */
  @Bean
  @Order(3)
  SecurityFilterChain sessions(
      HttpSecurity http, AviaryProperties properties, Providers providers, People people) {
    common(http);
    http.addFilterBefore(new SessionsOfNow(people, trail), AnonymousAuthenticationFilter.class);
    var tryOut = properties.security().tryOut();
    if (tryOut) {
      http.addFilterBefore(new TryOut(), AnonymousAuthenticationFilter.class);
    }
    if (providers.any()) {
      http.oauth2Login(
          it ->
              it.loginPage("/login")
                  .failureUrl("/login?refused")
                  .clientRegistrationRepository(providers)
                  .userInfoEndpoint(
                      user ->
                          user.userService(new GitHubPeople(providers))
                              .oidcUserService(new OidcPeople(providers))));
    }
    var saved = new HttpSessionRequestCache();
    saved.setRequestMatcher(SecurityConfiguration::isPage);
    return http.csrf(
            it ->
                it.ignoringRequestMatchers(request -> tryOut && TryOut.isProgramFromHere(request)))
        .requestCache(it -> it.requestCache(saved))
        .formLogin(it -> it.loginPage("/login").permitAll())
        .logout(it -> it.logoutSuccessUrl("/login?out").permitAll())
        .exceptionHandling(
            it ->
                it.defaultAuthenticationEntryPointFor(problem(), ForPrograms::is)
                    .defaultAuthenticationEntryPointFor(
                        toSignIn(), request -> request.getHeader("HX-Request") != null)
                    .defaultAuthenticationEntryPointFor(
                        new LoginUrlAuthenticationEntryPoint("/login"), request -> true)
                    .defaultAccessDeniedHandlerFor(deniedProblem(), ForPrograms::is)
                    .defaultAccessDeniedHandlerFor(deniedPage(), request -> true))
        .build();
  }

  private void common(HttpSecurity http) {
    http.authorizeHttpRequests(
            it ->
                it.dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.ASYNC)
                    .permitAll()
                    .requestMatchers(SecurityConfiguration::isWebhook)
                    .permitAll()
                    .requestMatchers(
                        HttpMethod.GET,
                        "/login",
                        "/assets/**",
                        "/webjars/**",
                        "/actuator/health/liveness",
                        "/actuator/health/readiness")
                    .permitAll()
                    .requestMatchers("/actuator/health", "/actuator/prometheus")
                    .access(needs(Right.READ))
                    .requestMatchers("/actuator/**")
                    .access(needs(Right.SYSTEM))
                    .anyRequest()
                    .authenticated())
        .headers(
            it ->
                it.contentSecurityPolicy(csp -> csp.policyDirectives(CONTENT))
                    .frameOptions(frames -> frames.deny())
                    .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN)));
  }

  /** These say things of all applications. */
  private AuthorizationManager<RequestAuthorizationContext> needs(Right right) {
    return (who, request) -> new AuthorizationDecision(rights.may(who.get(), right, null));
  }

  private AuthenticationEntryPoint problem() {
    return (request, response, e) -> answer(request, response, e, 401);
  }

  private AccessDeniedHandler deniedProblem() {
    return (request, response, e) -> {
      record(request, e);
      if (e instanceof CsrfException && isNobody()) {
        // What is missing first is somebody who asks.
        var nobody = new InsufficientAuthenticationException("nobody is signed in", e);
        answer(request, response, nobody, 401);
      } else {
        answer(request, response, e, 403);
      }
    };
  }

  private AccessDeniedHandler deniedPage() {
    var page = new AccessDeniedHandlerImpl();
    return (request, response, e) -> {
      record(request, e);
      page.handle(request, response, e);
    };
  }

  private void record(HttpServletRequest request, AccessDeniedException e) {
    if (!(e instanceof Refusals.Refused)) {
      trail.refused(
          request, SecurityContextHolder.getContext().getAuthentication(), e.getMessage());
    }
  }

  private static boolean isNobody() {
    var who = SecurityContextHolder.getContext().getAuthentication();
    return who == null || who instanceof AnonymousAuthenticationToken;
  }

  /** As a problem, or, for a program that asks for a page, as the error page. */
  private void answer(
      HttpServletRequest request, HttpServletResponse response, Exception e, int status)
      throws IOException {
    if (errors.resolveException(request, response, null, e) == null) {
      response.sendError(status);
    }
  }

  /** A page that is open already asks for a part of itself: it is led to the sign-in page. */
  private static AuthenticationEntryPoint toSignIn() {
    return (request, response, e) -> {
      response.setHeader("HX-Redirect", "/login");
      response.setStatus(401);
    };
  }

  private static boolean isWebhook(HttpServletRequest request) {
    return request.getRequestURI().startsWith(request.getContextPath() + "/webhooks/");
  }

  /** Only a page is worth coming back to after signing in. */
  private static boolean isPage(HttpServletRequest request) {
    var accept = request.getHeader("Accept");
    return request.getMethod().equals("GET")
        && request.getHeader("HX-Request") == null
        && accept != null
        && accept.contains("text/html")
        && !ForPrograms.is(request);
  }

  /** Behind a proxy that ends TLS the server cannot see that the browser's way is secure. */
  @Bean
  ServletContextInitializer secureCookie(AviaryProperties properties) {
    return context -> {
      if ("https".equals(properties.url().getScheme())) {
        context.getSessionCookieConfig().setSecure(true);
      }
    };
  }
}
