package io.aviary.webhook;

/** The payload is not what GitHub sends; the message names the field. */
final class MalformedPayloadException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedPayloadException(String message) {
    super(message);
  }
}
