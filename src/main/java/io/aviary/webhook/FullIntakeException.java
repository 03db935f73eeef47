package io.aviary.webhook;

/** More deliveries wait to be stored than may wait; nothing of this one is stored. */
final class FullIntakeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  FullIntakeException(int most) {
    super("there are " + most + " deliveries that wait to be stored", null, false, false);
  }
}
