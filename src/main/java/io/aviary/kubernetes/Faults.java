package io.aviary.kubernetes;

import io.aviary.release.NetworkFaults;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
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

  static String words(Throwable failure) {
    return NetworkFaults.words(failure, Duration.ofSeconds(5), Api.TIMEOUT);
  }

  /** Whether no answer came, so that the connection may be dead. */
  static boolean isSilence(Throwable failure) {
    return failure instanceof HttpTimeoutException
        || failure instanceof TimeoutException
        || (failure.getCause() != null && isSilence(failure.getCause()));
  }
}
