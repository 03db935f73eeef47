package io.aviary.web.security;

import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/** Takes the comment or reason of a body down for the audit, whatever record it is read into. */
@ControllerAdvice
class ReasonsOfBodies extends RequestBodyAdviceAdapter {

  private static final List<String> NAMES = List.of("comment", "reason");

  @Override
  public boolean supports(
      MethodParameter parameter, Type type, Class<? extends HttpMessageConverter<?>> converter) {
    return type instanceof Class<?> target && target.isRecord();
  }

  @Override
  public Object afterBodyRead(
      Object body,
      HttpInputMessage message,
      MethodParameter parameter,
      Type type,
      Class<? extends HttpMessageConverter<?>> converter) {
    if (body == null) {
      // JSON's null: whoever needs a body says so.
      return body;
    }
    Arrays.stream(body.getClass().getRecordComponents())
        .filter(it -> it.getType() == String.class && NAMES.contains(it.getName()))
        .findFirst()
        .ifPresent(
            it -> {
              try {
                var accessor = it.getAccessor();
                accessor.setAccessible(true);
                AuditTrail.because((String) accessor.invoke(body));
              } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a record of ours lets its parts be read", e);
              }
            });
    return body;
  }
}
