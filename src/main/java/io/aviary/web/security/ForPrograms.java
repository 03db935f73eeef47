package io.aviary.web.security;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/** Which addresses are for programs, so that their errors are problems and not pages. */
public final class ForPrograms {

  private static final List<String> ROOTS = List.of("/api", "/webhooks", "/v3", "/actuator");

  private ForPrograms() {}

  /** Also while an error of the request is being answered. */
  public static boolean is(HttpServletRequest request) {
    var failed = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    var uri = failed instanceof String original ? original : request.getRequestURI();
    var path = uri.substring(Math.min(uri.length(), request.getContextPath().length()));
    return ROOTS.stream().anyMatch(root -> path.equals(root) || path.startsWith(root + "/"));
  }
}
