package io.aviary.web.api;

import io.aviary.release.masking.Masking;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** What went wrong may quote what was asked or answered elsewhere, and a secret in it. */
@ControllerAdvice
class MaskedProblems implements ResponseBodyAdvice<Object> {

  private final Masking masking;

  MaskedProblems(Masking masking) {
    this.masking = masking;
  }

  @Override
  public boolean supports(
      MethodParameter returned, Class<? extends HttpMessageConverter<?>> converter) {
    return true;
  }

  @Override
  public @Nullable Object beforeBodyWrite(
      @Nullable Object body,
      MethodParameter returned,
      MediaType type,
      Class<? extends HttpMessageConverter<?>> converter,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    if (body instanceof ProblemDetail problem) {
      problem.setDetail(masking.maskNullable(problem.getDetail()));
    }
    return body;
  }
}
