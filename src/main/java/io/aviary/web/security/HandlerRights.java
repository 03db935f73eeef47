package io.aviary.web.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Asks for the right of each handler of ours before it is called, and tells it who calls. */
@Configuration(proxyBeanMethods = false)
class HandlerRights implements WebMvcConfigurer, HandlerInterceptor, HandlerMethodArgumentResolver {

  private final Rights rights;

  HandlerRights(Rights rights) {
    this.rights = rights;
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
    if (!rights.mayAnywhere(
        SecurityContextHolder.getContext().getAuthentication(), needed.value())) {
      throw Refusals.tooLow(needed.value(), null);
    }
    return true;
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
