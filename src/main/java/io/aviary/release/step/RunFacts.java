package io.aviary.release.step;

import io.aviary.release.PipelineName;
import io.aviary.release.Trigger;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What never changes about a run.
 *
 * @param id shown to people and used in names of objects
 * @param revision 40 hex digits
 * @param message null until {@code readSource} has run, if no push told it
 * @param author likewise
 * @param triggeredBy who pushed or asked for it; null: nobody is known
 * @param parent the canary run of a production run
 */
public record RunFacts(
    long id,
    String application,
    PipelineName pipeline,
    String revision,
    String branch,
    @Nullable String message,
    @Nullable String author,
    Trigger trigger,
    @Nullable String triggeredBy,
    Instant createdAt,
    @Nullable Long parent,
    @Nullable Long retryOf) {

  /** The first seven digits: for people and tags, never an identity. */
  public String shortRevision() {
    return revision.substring(0, 7);
  }
}
