package io.aviary.source;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.RepositoryHistory;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Answers what releases ask of their repositories. */
@Component
class SourceHistory implements RepositoryHistory {

  private final Sources sources;

  SourceHistory(Sources sources) {
    this.sources = sources;
  }

  @Override
  public String head(ApplicationProperties application) {
    return sources.head(application);
  }

  @Override
  public String resolve(ApplicationProperties application, String revision) {
    try {
      return sources.resolve(application, revision);
    } catch (SourceException e) {
      if (e.isRejection()) {
        throw new ReleaseRefusedException(
            ReleaseRefusedException.Kind.UNPROCESSABLE, String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  @Override
  public Set<String> changedPaths(ApplicationProperties application, String before, String after) {
    return sources.changedPaths(application, before, after);
  }
}
