package io.aviary.web.api;

import io.aviary.release.PipelineName;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.web.security.ForPrograms;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.ConstraintViolationException;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * Answers every error of an address for programs as {@code application/problem+json}. Errors of
 * pages go on to the error page.
 */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
class Problems extends ResponseEntityExceptionHandler {

  private static final Logger log = LoggerFactory.getLogger(Problems.class);

  @ExceptionHandler
  ResponseEntity<Object> refused(ReleaseRefusedException e, NativeWebRequest request) {
    var status =
        switch (e.kind()) {
          case UNKNOWN -> HttpStatus.NOT_FOUND;
          case CONFLICT -> HttpStatus.CONFLICT;
          case UNPROCESSABLE -> HttpStatus.UNPROCESSABLE_CONTENT;
        };
    return answer(e, status, e.getMessage(), request);
  }

  @ExceptionHandler
  ResponseEntity<Object> unreachable(
      RequestedRevision.UnreachableException e, NativeWebRequest request) {
    return answer(e, HttpStatus.BAD_GATEWAY, e.getMessage(), request);
  }

  /** Found by the servlet container when something first asks for a parameter. */
  @ExceptionHandler
  ResponseEntity<Object> unreadableQuery(InvalidParameterException e, NativeWebRequest request) {
    return answer(
        e,
        HttpStatus.BAD_REQUEST,
        "the parameters cannot be read: each needs a name, and % two hex digits behind it",
        request);
  }

  @ExceptionHandler
  ResponseEntity<Object> notSignedIn(AuthenticationException e, NativeWebRequest request) {
    var headers = new HttpHeaders();
    headers.add(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"aviary\"");
    var isToken = request.getHeader(HttpHeaders.AUTHORIZATION) != null;
    var detail =
        isToken
            ? e.getMessage()
            : "sign in, or send a token with the header Authorization: Bearer <token>";
    return answer(e, HttpStatus.UNAUTHORIZED, detail, headers, request);
  }

  @ExceptionHandler
  ResponseEntity<Object> denied(AccessDeniedException e, NativeWebRequest request) {
    var detail =
        e instanceof CsrfException
            ? "a change in a browser's session needs the CSRF token of one of its pages; programs"
                + " send the header Authorization: Bearer <token>"
            : e.getMessage();
    return answer(e, HttpStatus.FORBIDDEN, detail, request);
  }

  @ExceptionHandler
  ResponseEntity<Object> invalid(ConstraintViolationException e, NativeWebRequest request) {
    return answer(e, HttpStatus.BAD_REQUEST, e.getMessage(), request);
  }

  @ExceptionHandler
  ResponseEntity<Object> broken(Exception e, NativeWebRequest request) throws Exception {
    if (!isForPrograms(request)) {
      throw e;
    }
    var response = request.getNativeResponse(jakarta.servlet.http.HttpServletResponse.class);
    if (e instanceof IOException && response != null && response.isCommitted()) {
      log.debug("the reader of {} has gone: {}", path(request), e.getMessage());
      return ResponseEntity.internalServerError().build();
    }
    var id = UUID.randomUUID().toString();
    log.error("error {} while answering {}", id, path(request), e);
    return answer(
        e,
        HttpStatus.INTERNAL_SERVER_ERROR,
        "the server could not answer; its log tells the cause at error " + id,
        request);
  }

  private static ResponseEntity<Object> answer(
      Exception e, HttpStatus status, @Nullable String detail, NativeWebRequest request) {
    return answer(e, status, detail, new HttpHeaders(), request);
  }

  private static ResponseEntity<Object> answer(
      Exception e,
      HttpStatus status,
      @Nullable String detail,
      HttpHeaders headers,
      NativeWebRequest request) {
    if (!isForPrograms(request)) {
      throw rethrown(e);
    }
    var problem = ProblemDetail.forStatus(status);
    problem.setDetail(detail);
    problem.setInstance(URI.create(path(request)));
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    return new ResponseEntity<>(problem, headers, status);
  }

  /** The resolvers that come next see the same exception. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> RuntimeException rethrown(Exception e) throws E {
    throw (E) e;
  }

  // ---- what Spring MVC itself refuses

  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception e,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    if (!ForPrograms.is(((ServletWebRequest) request).getRequest())) {
      throw rethrown(e);
    }
    var all = new HttpHeaders(headers);
    all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    var answer = super.handleExceptionInternal(e, body, all, status, request);
    if (answer != null && answer.getBody() instanceof ProblemDetail problem) {
      problem.setInstance(URI.create(((ServletWebRequest) request).getRequest().getRequestURI()));
      if (e instanceof org.springframework.web.servlet.resource.NoResourceFoundException) {
        problem.setDetail("there is nothing at this address; /v3/api-docs lists what there is");
      }
    }
    return answer;
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleTypeMismatch(
      org.springframework.beans.TypeMismatchException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    if (!(e instanceof MethodArgumentTypeMismatchException mismatch)) {
      return super.handleTypeMismatch(e, headers, status, request);
    }
    var value = String.valueOf(e.getValue());
    var isPath = mismatch.getParameter().hasParameterAnnotation(PathVariable.class);
    var code = isPath ? HttpStatus.NOT_FOUND : HttpStatus.BAD_REQUEST;
    var problem = ProblemDetail.forStatus(code);
    problem.setDetail(
        mismatch.getName() + ": '" + value + "' is not " + allowed(e.getRequiredType()));
    if (!isPath) {
      problem.setProperty("parameter", mismatch.getName());
    }
    return handleExceptionInternal(e, problem, headers, code, request);
  }

  private static String allowed(@Nullable Class<?> type) {
    if (type == PipelineName.class) {
      return Arrays.stream(PipelineName.values())
          .map(PipelineName::word)
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (type != null && type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(Object::toString)
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (type == Instant.class) {
      return "a time such as 2026-11-24T09:08:31Z";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    return "a whole number that fits";
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
      HandlerMethodValidationException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    var errors =
        e.getParameterValidationResults().stream()
            .flatMap(
                result ->
                    result.getResolvableErrors().stream()
                        .map(
                            error ->
                                Map.of(
                                    "parameter",
                                    String.valueOf(result.getMethodParameter().getParameterName()),
                                    "message",
                                    String.valueOf(error.getDefaultMessage()))))
            .toList();
    return invalid(e, errors, "parameter", headers, request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
      MethodArgumentNotValidException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    var errors =
        e.getFieldErrors().stream()
            .map(
                error ->
                    Map.of(
                        "field",
                        error.getField(),
                        "message",
                        String.valueOf(error.getDefaultMessage())))
            .toList();
    return invalid(e, errors, "field", headers, request);
  }

  private @Nullable ResponseEntity<Object> invalid(
      Exception e,
      List<Map<String, String>> errors,
      String subject,
      HttpHeaders headers,
      WebRequest request) {
    var problem = ProblemDetail.forStatus(HttpStatus.BAD_REQUEST);
    problem.setDetail(
        errors.stream()
            .map(error -> error.get(subject) + " " + error.get("message"))
            .collect(Collectors.joining("; ")));
    problem.setProperty("errors", errors);
    return handleExceptionInternal(e, problem, headers, HttpStatus.BAD_REQUEST, request);
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    var problem = ProblemDetail.forStatus(HttpStatus.BAD_REQUEST);
    problem.setDetail(
        switch (e.getCause()) {
          case UnrecognizedPropertyException unknown ->
              "the body has the unknown key '"
                  + unknown.getPropertyName()
                  + "'; known are "
                  + known(unknown);
          case DatabindException mismatch -> place(mismatch) + " " + demand(mismatch);
          case StreamReadException broken ->
              "the body is no JSON: "
                  + broken.getOriginalMessage()
                  + " in line "
                  + broken.getLocation().getLineNr()
                  + ", column "
                  + broken.getLocation().getColumnNr();
          case null, default -> "the body is missing or cannot be read; send a JSON object";
        });
    return handleExceptionInternal(e, problem, headers, HttpStatus.BAD_REQUEST, request);
  }

  private static String known(UnrecognizedPropertyException e) {
    var keys = e.getKnownPropertyIds();
    return keys == null
        ? "none"
        : keys.stream().map(String::valueOf).sorted().collect(Collectors.joining(", "));
  }

  private static String place(JacksonException e) {
    var path = e.getPath();
    return path == null || path.isEmpty()
        ? "the body"
        : path.stream()
            .map(it -> it.getPropertyName() == null ? "[]" : it.getPropertyName())
            .collect(Collectors.joining("."));
  }

  private static String demand(DatabindException e) {
    if (e.getCause() instanceof IllegalArgumentException refused) {
      return "does not fit: " + refused.getMessage();
    }
    var type = e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
    if (type == String.class) {
      return "must be a text";
    }
    return type == null || type.isRecord()
        ? "must be a JSON object such as the one that /v3/api-docs describes"
        : "must be " + allowed(type);
  }

  // ----

  private static boolean isForPrograms(NativeWebRequest request) {
    return ForPrograms.is(http(request));
  }

  private static String path(NativeWebRequest request) {
    return http(request).getRequestURI();
  }

  private static HttpServletRequest http(NativeWebRequest request) {
    return (HttpServletRequest) request.getNativeRequest();
  }
}
