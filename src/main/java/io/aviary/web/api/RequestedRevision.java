package io.aviary.web.api;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.RepositoryHistory;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Makes a whole revision of what somebody asked for, by asking the repository. */
@Component
public class RequestedRevision {

  private static final Logger log = LoggerFactory.getLogger(RequestedRevision.class);
  private final RepositoryHistory history;

  RequestedRevision(RepositoryHistory history) {
    this.history = history;
  }

  /**
   * The revision, 40 hex digits.
   *
   * @param asked at least its first seven digits; null: the branch's head
   * @throws ReleaseRefusedException if the branch does not contain it
   * @throws UnreachableException if the repository cannot be asked
   */
  public String of(ApplicationProperties application, @Nullable String asked) {
    if (asked == null || asked.isBlank()) {
      return ask(application, () -> history.head(application));
    }
    if (!asked.matches("[0-9a-fA-F]{7,40}")) {
      throw new ReleaseRefusedException(
          ReleaseRefusedException.Kind.UNPROCESSABLE,
          "'" + asked + "' is no revision; give 7 to 40 hex digits");
    }
    return ask(application, () -> history.resolve(application, asked.toLowerCase(Locale.ROOT)));
  }

  private static String ask(ApplicationProperties application, Supplier<String> question) {
    try {
      return question.get();
    } catch (ReleaseRefusedException e) {
      throw e;
    } catch (RuntimeException e) {
      log.warn("the repository of {} could not be asked: {}", application.name(), e.getMessage());
      throw new UnreachableException(
          "the repository of " + application.name() + " could not be asked: " + e.getMessage(), e);
    }
  }

  /** Nothing was changed; asking again later may help. */
  public static class UnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
