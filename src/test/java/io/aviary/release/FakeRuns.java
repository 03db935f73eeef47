package io.aviary.release;

import io.aviary.release.definition.ReleaseDefinition;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Runs as a test wants them. */
public class FakeRuns implements Runs {

  private final Map<Long, RunView> runs = new TreeMap<>();

  /** As it is from now on. */
  public RunView put(RunView run) {
    runs.put(run.id(), run);
    return run;
  }

  @Override
  public Optional<RunView> find(long id) {
    return Optional.ofNullable(runs.get(id));
  }

  @Override
  public Optional<ReleaseDefinition> definition(long id) {
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
  public Optional<Long> findLine(long run, String step, String text, long from) {
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
  public String version() {
    return "0.0";
  }

  @Override
  public long newestRecord(long run) {
    return 0;
  }
}
