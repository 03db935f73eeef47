package io.aviary.web.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.support.RequestContextUtils;

/** Asks for the right of each handler of ours before it is called, and tells it who calls. */
@Configuration(proxyBeanMethods = false)
class HandlerRights implements WebMvcConfigurer, HandlerInterceptor, HandlerMethodArgumentResolver {

  private static final String NEEDED = HandlerRights.class.getName() + ".needed";

  private final Rights rights;
  private final AuditTrail trail;

  HandlerRights(Rights rights, AuditTrail trail) {
    this.rights = rights;
    this.trail = trail;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this);
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(this);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    // Files, and what libraries bring, have their rules in the filter chain.
    if (!(handler instanceof HandlerMethod method) || !isOurs(method)) {
      return true;
    }
    if (has(method, Open.class)) {
      return true;
    }
    var needed = AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), Needs.class);
    if (needed == null) {
      needed = AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), Needs.class);
    }
    if (needed == null) {
      throw Refusals.openToNobody();
    }
    var who = SecurityContextHolder.getContext().getAuthentication();
    if (!rights.mayAnywhere(who, needed.value())) {
      var refusal = Refusals.tooLow(needed.value(), null);
      trail.refused(request, who, refusal.getMessage());
      throw refusal;
    }
    request.setAttribute(NEEDED, needed.value());
    return true;
  }

  /** Into the audit with it: what was changed or looked into, and what was refused. */
  @Override
  public void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception failure) {
    if (!(request.getAttribute(NEEDED) instanceof Right right)) {
      return;
    }
    var who = SecurityContextHolder.getContext().getAuthentication();
    if (failure instanceof AccessDeniedException || response.getStatus() == 403) {
      trail.refused(request, who, failure == null ? null : failure.getMessage());
      return;
    }
    var changes = !List.of("GET", "HEAD").contains(request.getMethod());
    // A page that could not do it says so after a redirect.
    var refused = RequestContextUtils.getOutputFlashMap(request).containsKey("refused");
    var done = failure == null && response.getStatus() < 400 && !refused;
    if (done && (changes || right == Right.READ_BODIES)) {
      trail.done(request, right, who, response.getHeader(HttpHeaders.LOCATION));
    }
  }

  /** The webhook decides by signatures and not by people; the filter chain lets it through. */
  private static boolean isOurs(HandlerMethod method) {
    return method.getBeanType().getPackageName().startsWith("io.aviary.web.");
  }

  private static boolean has(
      HandlerMethod method, Class<? extends java.lang.annotation.Annotation> annotation) {
    return AnnotatedElementUtils.hasAnnotation(method.getMethod(), annotation)
        || AnnotatedElementUtils.hasAnnotation(method.getBeanType(), annotation);
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Caller.class;
  }

  @Override
  public Caller resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    var http = request.getNativeRequest(HttpServletRequest.class);
    var who = SecurityContextHolder.getContext().getAuthentication();
    return new Caller(
        who,
        http == null ? "unknown" : http.getRemoteAddr(),
        who instanceof TryOut.Visitor,
        rights);
  }
}
