package io.aviary.release.engine;

import io.aviary.release.ApplicationProperties;
import io.aviary.release.ApplicationView;
import io.aviary.release.Applications;
import io.aviary.release.Page;
import io.aviary.release.ProductionReleases;
import io.aviary.release.RunFilter;
import io.aviary.release.RunRecord;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.release.StepView;
import io.aviary.release.definition.ReleaseDefinition;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Reads runs from the database. */
@Component
@Transactional(readOnly = true)
class StoredRuns implements Runs {

  private final RunRows rows;
  private final RunSearch search;
  private final Journal journal;
  private final StepLogs logs;
  private final Views views;
  private final Definitions definitions;
  private final Turns turns;
  private final ProductionReleases releases;
  private final Applications applications;

  StoredRuns(
      RunRows rows,
      RunSearch search,
      Journal journal,
      StepLogs logs,
      Views views,
      Definitions definitions,
      Turns turns,
      ProductionReleases releases,
      Applications applications) {
    this.rows = rows;
    this.search = search;
    this.journal = journal;
    this.logs = logs;
    this.views = views;
    this.definitions = definitions;
    this.turns = turns;
    this.releases = releases;
    this.applications = applications;
  }

  @Override
  public Optional<RunView> find(long id) {
    return rows.withSteps(id).map(views::view);
  }

  @Override
  public Optional<ReleaseDefinition> definition(long id) {
    return definitions.of(id);
  }

  @Override
  public Page<RunView> search(RunFilter filter, int page, int size) {
    var found = search.find(filter, (long) page * size, size);
    var items = found.ids().isEmpty() ? List.<Run>of() : rows.allWithSteps(found.ids());
    return new Page<>(items.stream().map(views::view).toList(), page, size, found.total());
  }

  @Override
  public List<RunRecord> records(long run, long after) {
    return journal.of(run, after);
  }

  @Override
  public String version() {
    return journal.version();
  }

  @Override
  public long newestRecord(long run) {
    return journal.newest(run);
  }

  @Override
  public Optional<LogPart> log(long run, String step, long offset, int limit) {
    return rows.withSteps(run)
        .flatMap(found -> found.step(step))
        .map(found -> logs.read(found.id(), offset, limit, found.status.isFinal()));
  }

  @Override
  public Optional<LogLines> logLines(long run, String step, long first, int limit) {
    return rows.withSteps(run)
        .flatMap(found -> found.step(step))
        .map(found -> logs.lines(found.id(), first, limit, found.status.isFinal()));
  }

  @Override
  public Optional<Long> findLine(long run, String step, String text, long from) {
    return rows.withSteps(run)
        .flatMap(found -> found.step(step))
        .flatMap(found -> logs.find(found.id(), text, from));
  }

  @Override
  public Optional<ApplicationView> application(String name) {
    return applications.find(name).map(this::view);
  }

  @Override
  public List<ApplicationView> applications() {
    return applications.all().stream().map(this::view).toList();
  }

  private ApplicationView view(ApplicationProperties application) {
    var name = application.name();
    var live =
        releases
            .live(name)
            .filter(release -> release.liveAt() != null)
            .map(
                release -> {
                  var run = Optional.ofNullable(release.run()).flatMap(rows::findById);
                  return new ApplicationView.Live(
                      release.run(),
                      release.revision(),
                      java.util.Objects.requireNonNull(release.liveAt()),
                      run.map(StoredRuns::by).orElse(null));
                });
    var canary =
        turns
            .holder(name)
            .flatMap(rows::withSteps)
            .filter(run -> !run.status.isFinal())
            .map(
                run ->
                    new ApplicationView.Canary(
                        run.id(), run.revision, run.status, share(views.view(run))));
    return new ApplicationView(
        name,
        application.repository(),
        application.branch(),
        application.namespace(),
        live.orElse(null),
        canary.orElse(null));
  }

  private static String by(Run run) {
    return run.triggeredBy != null ? run.triggeredBy : run.trigger.name().toLowerCase(Locale.ROOT);
  }

  /** The share that the newest gate with one has reached. */
  private static @Nullable Double share(RunView run) {
    return run.steps().stream()
        .map(StepView::outputs)
        .map(outputs -> outputs.get("share"))
        .filter(Number.class::isInstance)
        .map(share -> ((Number) share).doubleValue())
        .reduce((first, last) -> last)
        .orElse(null);
  }
}
