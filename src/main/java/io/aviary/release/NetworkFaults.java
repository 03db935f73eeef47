package io.aviary.release;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Why nobody answered, in words for people. The JDK leaves the message of several empty. */
public final class NetworkFaults {

  private NetworkFaults() {}

  /**
   * What failed, from whatever was caused by it.
   *
   * @param failure null: nothing is known
   * @param toConnect so long was waited for a connection
   * @param toAnswer so long was waited for an answer
   */
  public static String words(@Nullable Throwable failure, Duration toConnect, Duration toAnswer) {
    if (failure == null) {
      return "for an unknown reason";
    }
    var cause = failure;
    while (cause.getCause() != null && !isTelling(cause)) {
      cause = cause.getCause();
    }
    var said = cause.getMessage() == null ? "" : cause.getMessage();
    return switch (cause) {
      case UnknownHostException _ -> "unknown host " + said;
      case HttpConnectTimeoutException _ -> "no connection within " + toConnect.toSeconds() + " s";
      case HttpTimeoutException _ -> noAnswer(toAnswer);
      case TimeoutException _ -> noAnswer(toAnswer);
      case ConnectException _ -> said.isEmpty() ? "connection refused" : said;
      case InterruptedException _ -> "interrupted";
      default -> said.isEmpty() ? cause.getClass().getSimpleName() : said;
    };
  }

  private static boolean isTelling(Throwable failure) {
    return failure instanceof ConnectException
        || failure instanceof HttpTimeoutException
        || failure instanceof TimeoutException
        || failure instanceof UnknownHostException;
  }

  private static String noAnswer(Duration toAnswer) {
    return "no answer within " + toAnswer.toSeconds() + " s";
  }
}
