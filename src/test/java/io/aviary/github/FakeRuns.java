package io.aviary.github;

import io.aviary.release.ApplicationView;
import io.aviary.release.Page;
import io.aviary.release.PipelineName;
import io.aviary.release.RunFilter;
import io.aviary.release.RunRecord;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.release.Trigger;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Runs as a test wants them. */
final class FakeRuns implements Runs {

  private final Map<Long, RunView> runs = new TreeMap<>();

  RunView is(
      long id, PipelineName pipeline, String revision, RunStatus status, @Nullable String reason) {
    var run =
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
            List.of());
    runs.put(id, run);
    return run;
  }

  @Override
  public Optional<RunView> find(long id) {
    return Optional.ofNullable(runs.get(id));
  }

  @Override
  public Optional<io.aviary.release.definition.ReleaseDefinition> definition(long id) {
    return Optional.empty();
  }

  @Override
  public Page<RunView> search(RunFilter filter, int page, int size) {
    var found =
        runs.values().stream()
            .filter(it -> filter.pipeline() == null || it.pipeline() == filter.pipeline())
            .filter(it -> filter.status() == null || it.status() == filter.status())
            .filter(it -> filter.revision() == null || it.revision().startsWith(filter.revision()))
            .sorted(Comparator.comparingLong(RunView::id).reversed())
            .toList();
    return new Page<>(found.stream().limit(size).toList(), page, size, found.size());
  }

  @Override
  public List<RunRecord> records(long run, long after) {
    return List.of();
  }

  @Override
  public Optional<LogPart> log(long run, String step, long offset, int limit) {
    return Optional.empty();
  }

  @Override
  public Optional<LogLines> logLines(long run, String step, long first, int limit) {
    return Optional.empty();
  }

  @Override
  public Optional<ApplicationView> application(String name) {
    return Optional.empty();
  }

  @Override
  public List<ApplicationView> applications() {
    return List.of();
  }

  @Override
  public long newestRecord() {
    return 0;
  }
}
