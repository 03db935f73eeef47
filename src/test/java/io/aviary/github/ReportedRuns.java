package io.aviary.github;

import io.aviary.release.FakeRuns;
import io.aviary.release.PipelineName;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.Trigger;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs in states that are reported. */
final class ReportedRuns extends FakeRuns {

  RunView is(
      long id, PipelineName pipeline, String revision, RunStatus status, @Nullable String reason) {
    return put(
        new RunView(
            id,
            "ornithology",
            pipeline,
            status,
            null,
            reason,
            revision,
            revision.substring(0, 7),
            "master",
            "Return birds",
            "finch",
            Trigger.PUSH,
            null,
            Instant.EPOCH,
            null,
            null,
            null,
            null,
            null,
            false,
            List.of()));
  }
}
