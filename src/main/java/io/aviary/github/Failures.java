package io.aviary.github;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kohsuke.github.GHFileNotFoundException;
import org.kohsuke.github.HttpException;

/** What GitHub's refusals mean. */
final class Failures {

  /** However far ahead GitHub says: it may have another clock. */
  private static final Duration LONGEST = Duration.ofHours(2);

  private static final List<Integer> LIMITED = List.of(403, 429);

  private Failures() {}

  static String words(Throwable failure) {
    for (var at = failure; at != null; at = at.getCause()) {
      if (at instanceof HttpException http) {
        return words(http.getResponseCode(), String.valueOf(http.getMessage()));
      }
      if (at instanceof GitHubRest.RefusedException refused) {
        return words(refused.status(), refused.said());
      }
    }
    if (failure instanceof GHFileNotFoundException) {
      return "404: not there, or the token may not see it: " + failure.getMessage();
    }
    return String.valueOf(failure.getMessage());
  }

  private static String words(int code, String said) {
    var message = said.lines().findFirst().orElse("");
    return switch (code) {
      case 401 -> "401: GitHub does not know the token; check aviary.github: " + message;
      case 403 -> "403: the token may not do this, or too much was asked: " + message;
      case 404 -> "404: not there, or the token may not see it: " + message;
      case -1 -> message;
      default -> code + ": " + message;
    };
  }

  /** When GitHub may be asked again, if it said so. */
  static Optional<Instant> limitedUntil(Throwable failure, Instant now) {
    for (var at = failure; at != null; at = at.getCause()) {
      var headers = refusal(at);
      if (headers != null) {
        var wait = header(headers, "retry-after").map(now::plusSeconds);
        var until =
            wait.isPresent()
                ? wait
                : header(headers, "x-ratelimit-remaining")
                    .filter(left -> left == 0)
                    .flatMap(none -> header(headers, "x-ratelimit-reset"))
                    .map(Instant::ofEpochSecond);
        if (until.isPresent()) {
          return until
              .filter(it -> it.isAfter(now))
              .map(it -> it.isAfter(now.plus(LONGEST)) ? now.plus(LONGEST) : it);
        }
      }
    }
    return Optional.empty();
  }

  /** The headers of what may be a rate limit; null: it is something else. */
  private static @Nullable Map<String, List<String>> refusal(Throwable failure) {
    return switch (failure) {
      case HttpException known when LIMITED.contains(known.getResponseCode()) ->
          known.getResponseHeaderFields();
      case GitHubRest.RefusedException known when LIMITED.contains(known.status()) ->
          known.headers();
      default -> null;
    };
  }

  private static Optional<Long> header(Map<String, List<String>> headers, String name) {
    return headers.entrySet().stream()
        .filter(it -> it.getKey() != null && it.getKey().toLowerCase(Locale.ROOT).equals(name))
        .flatMap(it -> it.getValue().stream())
        .filter(it -> it.matches("\\d{1,12}"))
        .map(Long::valueOf)
        .findFirst();
  }
}
