package io.aviary.release.engine;

import io.aviary.release.RunFilter;
import jakarta.persistence.EntityManager;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Path;
import jakarta.persistence.criteria.Predicate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.stereotype.Component;

/** Finds the runs of a list's page, and how many there are. Needs the caller's transaction. */
@Component
class RunSearch {

  /** From here on it pays to count all runs before a page of them is looked for. */
  private static final long FAR = 2_000;

  /** So many runs are asked for one by one. */
  private static final int FEW = 200;

  private final RunRows rows;
  private final RunBlocks blocks;
  private final EntityManager entities;

  RunSearch(RunRows rows, RunBlocks blocks, EntityManager entities) {
    this.rows = rows;
    this.blocks = blocks;
    this.entities = entities;
  }

  /**
   * A page.
   *
   * @param ids newest first
   */
  record Found(List<Long> ids, long total) {}

  /**
   * Looks for runs.
   *
   * @param first how many newer ones are left out
   */
  Found find(RunFilter filter, long first, int size) {
    var text = filter.text();
    if (text != null && !text.isEmpty()) {
      return searched(text, filter.withText(null), first, size);
    }
    var others = filter.withText(null);
    return others.equals(RunFilter.ALL)
        ? any(first, size)
        : filtered(matching(others), first, size);
  }

  /** Of all runs: what lies before a page is passed over block by block. */
  private Found any(long first, int size) {
    var total = 0L;
    var before = first;
    var below = Long.MAX_VALUE;
    var isThere = false;
    for (var part : blocks.all().reversed()) {
      var runs =
          switch (part) {
            case RunBlocks.Block block -> block.runs();
            case RunBlocks.Gap gap -> rows.countBetween(gap.from(), gap.to());
          };
      isThere |= before < runs;
      if (!isThere) {
        before -= runs;
        below = part.from();
      }
      total += runs;
    }
    return new Found(isThere ? ids(between(0, below), before, size, false) : List.of(), total);
  }

  private Found searched(String text, RunFilter others, long first, int size) {
    var sought = SearchText.sought(text);
    var hits = LongStream.builder();
    for (var part : blocks.with(sought)) {
      switch (part) {
        case RunBlocks.Block block -> block.find(sought, hits);
        case RunBlocks.Gap gap ->
            ids(containing(text).and(between(gap.from(), gap.to()))).forEach(hits::accept);
      }
    }
    var found = hits.build().toArray();
    if (!others.equals(RunFilter.ALL) && found.length > 0) {
      found = those(found, others);
    }
    var end = Math.max(0, found.length - first);
    var page = Arrays.copyOfRange(found, (int) Math.max(0, end - size), (int) end);
    return new Found(Arrays.stream(page).boxed().toList().reversed(), found.length);
  }

  /** Those of some runs that match; both in the order of their ids. */
  private long[] those(long[] found, RunFilter others) {
    var matching = matching(others);
    if (found.length <= FEW) {
      var ids = Arrays.stream(found).boxed().toList();
      return longs(ids(matching.and((run, _, _) -> run.get("id").in(ids))));
    }
    var all = longs(ids(matching.and(between(found[0], found[found.length - 1] + 1))));
    return Arrays.stream(found).filter(id -> Arrays.binarySearch(all, id) >= 0).toArray();
  }

  private static long[] longs(List<Long> ids) {
    return ids.stream().mapToLong(Long::longValue).toArray();
  }

  private Found filtered(Specification<Run> matching, long first, int size) {
    if (first >= FAR) {
      var total = rows.count(matching);
      return new Found(far(matching, first, size, total), total);
    }
    var ids = ids(matching, first, size, false);
    var isLast = ids.size() < size && (first == 0 || !ids.isEmpty());
    return new Found(ids, isLast ? first + ids.size() : rows.count(matching));
  }

  /** All runs before a page are read, so that from the middle on it is the others. */
  private List<Long> far(Specification<Run> matching, long first, int size, long total) {
    var after = total - first - size;
    if (after >= first) {
      return ids(matching, first, size, false);
    }
    var there = Math.clamp(total - first, 0, size);
    return there == 0 ? List.of() : ids(matching, Math.max(0, after), there, true).reversed();
  }

  private List<Long> ids(Specification<Run> matching) {
    return ids(matching, 0, Integer.MAX_VALUE, true);
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

  // ----

  private static Specification<Run> between(long from, long to) {
    return (run, _, build) ->
        build.and(
            build.greaterThanOrEqualTo(run.<Long>get("id"), from),
            build.lessThan(run.<Long>get("id"), to));
  }

  /** What {@link SearchText} does, of runs that are in no block. */
  private static Specification<Run> containing(String text) {
    return (run, _, build) -> {
      var pattern = "%" + escaped(lower(text)) + "%";
      // Not lower(…) like: the database is a third faster without the copies.
      var ignoringCase = (HibernateCriteriaBuilder) build;
      return build.or(
          ignoringCase.ilike(run.get("message"), pattern, '\\'),
          ignoringCase.ilike(run.get("author"), pattern, '\\'),
          build.like(run.get("revision"), pattern, '\\'));
    };
  }

  /** Character by character: a text's last sigma is another letter than it was in the middle. */
  private static String lower(String text) {
    var lower = new StringBuilder(text.length());
    text.codePoints().map(Character::toLowerCase).forEach(lower::appendCodePoint);
    return lower.toString();
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
      return build.and(all);
    };
  }

  private static void equal(
      List<Predicate> all, CriteriaBuilder build, Path<?> path, @Nullable Object value) {
    if (value != null) {
      all.add(build.equal(path, value));
    }
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }
}
