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
import jakarta.persistence.EntityManager;
import jakarta.persistence.criteria.Predicate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.data.support.PageableExecutionUtils;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Reads runs from the database. */
@Component
@Transactional(readOnly = true)
class StoredRuns implements Runs {

  /** From here on it pays to count all runs before a page of them is looked for. */
  private static final long FAR = 2_000;

  private static final long UNKNOWN = -1;

  private final RunRows rows;
  private final EntityManager entities;
  private final Journal journal;
  private final StepLogs logs;
  private final Views views;
  private final Definitions definitions;
  private final Turns turns;
  private final ProductionReleases releases;
  private final Applications applications;

  StoredRuns(
      RunRows rows,
      EntityManager entities,
      Journal journal,
      StepLogs logs,
      Views views,
      Definitions definitions,
      Turns turns,
      ProductionReleases releases,
      Applications applications) {
    this.rows = rows;
    this.entities = entities;
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
    var matching = matching(filter);
    var first = (long) page * size;
    var total = first < FAR ? UNKNOWN : rows.count(matching);
    var ids = ids(matching, first, size, total);
    var items = ids.isEmpty() ? List.<Run>of() : rows.allWithSteps(ids);
    return new Page<>(
        items.stream().map(views::view).toList(),
        page,
        size,
        total != UNKNOWN
            ? total
            : PageableExecutionUtils.getPage(
                    ids, PageRequest.of(page, size), () -> rows.count(matching))
                .getTotalElements());
  }

  /** Newest first. All runs before a page are read, so that from the middle on it is the others. */
  private List<Long> ids(Specification<Run> matching, long first, int size, long total) {
    var after = total - first - size;
    if (total == UNKNOWN || after >= first) {
      return ids(matching, first, size, false);
    }
    var there = Math.clamp(total - first, 0, size);
    return there == 0 ? List.of() : ids(matching, Math.max(0, after), there, true).reversed();
  }

  private List<Long> ids(Specification<Run> matching, long first, int size, boolean oldestFirst) {
    var build = entities.getCriteriaBuilder();
    var query = build.createQuery(Long.class);
    var run = query.from(Run.class);
    var id = run.<Long>get("id");
    query
        .select(id)
        .where(matching.toPredicate(run, query, build))
        .orderBy(oldestFirst ? build.asc(id) : build.desc(id));
    return entities
        .createQuery(query)
        .setFirstResult(Math.toIntExact(first))
        .setMaxResults(size)
        .getResultList();
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

  private static Specification<Run> matching(RunFilter filter) {
    return (run, query, build) -> {
      var all = new ArrayList<Predicate>();
      equal(all, build, run.get("application"), filter.application());
      if (filter.within() != null) {
        all.add(
            filter.within().isEmpty()
                ? build.disjunction()
                : run.get("application").in(filter.within()));
      }
      equal(all, build, run.get("pipeline"), filter.pipeline());
      equal(all, build, run.get("status"), filter.status());
      equal(all, build, run.get("branch"), filter.branch());
      equal(all, build, run.get("author"), filter.author());
      if (filter.revision() != null) {
        all.add(
            build.like(
                run.get("revision"),
                escaped(filter.revision().toLowerCase(Locale.ROOT)) + "%",
                '\\'));
      }
      if (filter.from() != null) {
        all.add(build.greaterThanOrEqualTo(run.get("createdAt"), filter.from()));
      }
      if (filter.to() != null) {
        all.add(build.lessThan(run.get("createdAt"), filter.to()));
      }
      if (filter.text() != null) {
        var pattern = "%" + escaped(filter.text().toLowerCase(Locale.ROOT)) + "%";
        // Not lower(…) like: the database is a third faster without the copies.
        var ignoringCase = (HibernateCriteriaBuilder) build;
        all.add(
            build.or(
                ignoringCase.ilike(run.get("message"), pattern, '\\'),
                ignoringCase.ilike(run.get("author"), pattern, '\\'),
                build.like(run.get("revision"), pattern, '\\')));
      }
      return build.and(all);
    };
  }

  private static void equal(
      List<Predicate> all,
      jakarta.persistence.criteria.CriteriaBuilder build,
      jakarta.persistence.criteria.Path<?> path,
      @Nullable Object value) {
    if (value != null) {
      all.add(build.equal(path, value));
    }
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }
}
