package io.aviary.release;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run as it is now; the form in which REST answers with it.
 *
 * @param ending set while a run undoes what it did: the final status it is on its way to
 * @param reason for people: why it is in this state
 * @param steps the whole plan, in its order
 */
public record RunView(
    long id,
    String application,
    PipelineName pipeline,
    RunStatus status,
    @Nullable RunStatus ending,
    @Nullable String reason,
    String revision,
    String shortRevision,
    String branch,
    @Nullable String message,
    @Nullable String author,
    Trigger trigger,
    @Nullable String triggeredBy,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable Long parent,
    @Nullable Long child,
    @Nullable Long retryOf,
    boolean paused,
    List<StepView> steps) {

  public RunView {
    steps = List.copyOf(steps);
  }

  /** The first line of the commit's message, or the short revision where it is not known. */
  @JsonIgnore
  public String title() {
    return message == null || message.isBlank()
        ? shortRevision
        : message.lines().findFirst().orElse(shortRevision);
  }
}
