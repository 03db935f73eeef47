package io.aviary.simulation;

import tools.jackson.databind.node.ObjectNode;

/** An answer of the API server that is no success; becomes its {@code Status} object. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String reason;

  ApiException(int code, String reason, String message) {
    super(message);
    this.code = code;
    this.reason = reason;
  }

  static ApiException notFound(Kind kind, String name) {
    return new ApiException(
        404, "NotFound", "%s \"%s\" not found".formatted(kind.resource(), name));
  }

  static ApiException noSuchPath() {
    return new ApiException(404, "NotFound", "the server could not find the requested resource");
  }

  static ApiException exists(Kind kind, String name) {
    return new ApiException(
        409, "AlreadyExists", "%s \"%s\" already exists".formatted(kind.resource(), name));
  }

  static ApiException conflict(Kind kind, String name, String why) {
    return new ApiException(
        409,
        "Conflict",
        "Operation cannot be fulfilled on %s \"%s\": %s".formatted(kind.resource(), name, why));
  }

  static ApiException invalid(Kind kind, String name, String why) {
    var qualified = kind.group().isEmpty() ? kind.name() : kind.name() + "." + kind.group();
    return new ApiException(
        422, "Invalid", "%s \"%s\" is invalid: %s".formatted(qualified, name, why));
  }

  static ApiException badRequest(String why) {
    return new ApiException(400, "BadRequest", why);
  }

  int code() {
    return code;
  }

  ObjectNode status() {
    return Json.object()
        .put("kind", "Status")
        .put("apiVersion", "v1")
        .put("status", "Failure")
        .put("message", getMessage())
        .put("reason", reason)
        .put("code", code);
  }
}
