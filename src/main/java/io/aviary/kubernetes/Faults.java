package io.aviary.kubernetes;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.TimeoutException;

/** What a failed call means, and how it is told to people. */
final class Faults {

  private Faults() {}

  /**
   * Whether an answer is a decision that trying again does not change. Not final are: 401 (a token
   * may be renewed), 408, 409 (somebody else was faster), 410, 429 and all of the server's own, but
   * for those that it gives to an apply with a field that it does not know, or an entry twice.
   */
  static boolean isFinal(int code, String words) {
    return switch (code) {
      case 401, 408, 409, 410, 429 -> false;
      case 500 -> words.startsWith("failed to create typed patch object");
      default -> code >= 400 && code < 500;
    };
  }

  static String advice(int code) {
    return switch (code) {
      case 401 -> ". Check the credentials of the kubeconfig or service account.";
      case 429 -> ". The server is overloaded; it is tried again.";
      default -> "";
    };
  }

  /** The JDK leaves the message of several network failures empty. */
  static String words(Throwable failure) {
    var cause = failure;
    while (cause.getCause() != null && !isTelling(cause)) {
      cause = cause.getCause();
    }
    var said = cause.getMessage() == null ? "" : cause.getMessage();
    return switch (cause) {
      case UnknownHostException e -> "unknown host " + said;
      case HttpConnectTimeoutException e -> "no connection within 5 s";
      case HttpTimeoutException e -> noAnswer();
      case TimeoutException e -> noAnswer();
      case ConnectException e -> said.isEmpty() ? "connection refused" : said;
      case InterruptedException e -> "interrupted";
      default -> said.isEmpty() ? cause.getClass().getSimpleName() : said;
    };
  }

  /** Whether no answer came, so that the connection may be dead. */
  static boolean isSilence(Throwable failure) {
    return failure instanceof HttpTimeoutException
        || failure instanceof TimeoutException
        || (failure.getCause() != null && isSilence(failure.getCause()));
  }

  private static boolean isTelling(Throwable failure) {
    return failure instanceof ConnectException
        || failure instanceof HttpTimeoutException
        || failure instanceof TimeoutException
        || failure instanceof UnknownHostException;
  }

  private static String noAnswer() {
    return "no answer within " + Api.TIMEOUT.toSeconds() + " s";
  }
}
