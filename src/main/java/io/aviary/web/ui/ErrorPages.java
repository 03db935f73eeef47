package io.aviary.web.ui;

import io.aviary.web.security.ForPrograms;
import io.aviary.web.security.Open;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.json.JsonMapper;

/** Whatever went wrong, said in a way that helps, and without the server's insides. */
@Controller
class ErrorPages implements ErrorController {

  private final JsonMapper json;

  ErrorPages(JsonMapper json) {
    this.json = json;
  }

  @RequestMapping("/error")
  @Open
  @Nullable String error(HttpServletRequest request, HttpServletResponse response, Model model)
      throws IOException {
    var status = status(request);
    if (ForPrograms.is(request)) {
      // What failed before any handler was found, such as an address that is none.
      response.setStatus(status.value());
      response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
      response
          .getOutputStream()
          .write(
              json.writeValueAsString(ProblemDetail.forStatus(status))
                  .getBytes(StandardCharsets.UTF_8));
      return null;
    }
    var cause = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
    model.addAttribute("status", status.value());
    model.addAttribute("title", title(status));
    model.addAttribute("text", text(status, request, cause));
    return "error";
  }

  private static HttpStatus status(HttpServletRequest request) {
    var code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    var known = code instanceof Integer number ? HttpStatus.resolve(number) : null;
    return known == null ? HttpStatus.NOT_FOUND : known;
  }

  private static String title(HttpStatus status) {
    return switch (status) {
      case NOT_FOUND -> "Nothing here";
      case FORBIDDEN -> "You may not do this";
      default -> status.is5xxServerError() ? "That went wrong" : "This cannot be answered";
    };
  }

  private static String text(
      HttpStatus status, HttpServletRequest request, @Nullable Object cause) {
    var said = request.getAttribute(RequestDispatcher.ERROR_MESSAGE);
    if (cause instanceof ResponseStatusException e && e.getReason() != null) {
      return e.getReason() + ".";
    }
    return switch (status) {
      case NOT_FOUND ->
          said instanceof String text && text.startsWith("There is no")
              ? text + "."
              : "There is no page at this address. It may have been mistyped, or what it showed is gone.";
      case FORBIDDEN ->
          "Your role does not allow it, or the page was open for so long that your session has"
              + " ended. Go back, reload the page and try again; ask an administrator if you need"
              + " a higher role.";
      default ->
          status.is5xxServerError()
              ? "The server could not answer. Try again; if it stays so, its log tells the cause."
              : "The request makes no sense to the server.";
    };
  }
}
