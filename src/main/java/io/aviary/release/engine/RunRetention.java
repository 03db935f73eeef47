package io.aviary.release.engine;

import io.aviary.release.Housekeeping;
import io.aviary.release.RetentionProperties;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Removes runs that are old. A run stays as long as one that stays refers to it: as the canary run
 * of a production run, or as what a retry began again.
 */
@Component
@EnableConfigurationProperties(RetentionProperties.class)
class RunRetention implements Housekeeping {

  private static final int AT_ONCE = 100;

  private final JdbcClient jdbc;
  private final RunBlocks blocks;
  private final RetentionProperties retention;
  private final InstantSource clock;
  private final TransactionTemplate transaction;

  RunRetention(
      JdbcClient jdbc,
      RunBlocks blocks,
      RetentionProperties retention,
      InstantSource clock,
      PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.blocks = blocks;
    this.retention = retention;
    this.clock = clock;
    this.transaction = new TransactionTemplate(transactions);
  }

  @Override
  public String what() {
    return "runs";
  }

  @Override
  public int clear() {
    var removed = 0;
    for (var application : applications()) {
      var old = removable(application);
      for (var from = 0; from < old.size(); from += AT_ONCE) {
        var part = old.subList(from, Math.min(from + AT_ONCE, old.size()));
        transaction.executeWithoutResult(_ -> remove(part));
        removed += part.size();
      }
    }
    return removed;
  }

  private List<String> applications() {
    return jdbc.sql("SELECT application FROM run GROUP BY application HAVING COUNT(*) > ?")
        .param(retention.runsAtLeast())
        .query((row, n) -> row.getString(1))
        .list();
  }

  /**
   * A run as far as it matters here.
   *
   * @param finishedAt null: it is under way
   */
  private record Link(
      long id,
      @Nullable Long parent,
      @Nullable Long child,
      @Nullable Long retryOf,
      @Nullable Instant finishedAt) {

    Stream<Long> others() {
      return Stream.of(parent, child, retryOf).filter(Objects::nonNull);
    }
  }

  /** The oldest first, so that a clearing that dies half-way has left the newer ones. */
  private List<Long> removable(String application) {
    var runs = links(application);
    var stays = new HashSet<Long>(neededForProduction(application));
    var before = clock.instant().minus(retention.runsFor());
    for (var newest = 0; newest < runs.size(); newest++) {
      var run = runs.get(newest);
      var finished = run.finishedAt();
      var isYoung =
          finished == null || (!finished.isBefore(before) && newest < retention.runsAtMost());
      if (newest < retention.runsAtLeast() || isYoung) {
        stays.add(run.id());
      }
    }
    addThoseReferredTo(stays, runs);
    return runs.stream()
        .map(Link::id)
        .filter(id -> !stays.contains(id))
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  /** Newest first. */
  private List<Link> links(String application) {
    return jdbc.sql(
            "SELECT id, parent_id, child_id, retry_of, finished_at FROM run WHERE application = ? ORDER BY id DESC")
        .param(application)
        .query(
            (row, n) -> {
              var finished = row.getObject("finished_at", OffsetDateTime.class);
              return new Link(
                  row.getLong("id"),
                  (Long) row.getObject("parent_id"),
                  (Long) row.getObject("child_id"),
                  (Long) row.getObject("retry_of"),
                  finished == null ? null : finished.toInstant());
            })
        .list();
  }

  /** What is live, what is rolling out, and what the live release would be undone to. */
  private Set<Long> neededForProduction(String application) {
    var needed = new HashSet<Long>();
    jdbc.sql(
            "SELECT run_id FROM production_release WHERE application = ? AND run_id IS NOT NULL AND state IN ('LIVE', 'ROLLING_OUT')")
        .param(application)
        .query((row, n) -> row.getLong(1))
        .list()
        .forEach(needed::add);
    jdbc.sql(
            "SELECT run_id FROM production_release WHERE application = ? AND run_id IS NOT NULL AND state = 'OVER' ORDER BY id DESC FETCH FIRST 1 ROW ONLY")
        .param(application)
        .query(Long.class)
        .optional()
        .ifPresent(needed::add);
    return needed;
  }

  private static void addThoseReferredTo(Set<Long> stays, List<Link> runs) {
    Map<Long, Link> known = new HashMap<>();
    runs.forEach(run -> known.put(run.id(), run));
    var open = new ArrayDeque<>(stays);
    while (!open.isEmpty()) {
      var run = known.get(open.pop());
      if (run != null) {
        run.others().filter(stays::add).forEach(open::push);
      }
    }
  }

  private void remove(List<Long> runs) {
    var ids = new ArrayList<>(runs);
    blocks.lock();
    // They refer to each other, and nothing that stays refers to them.
    for (var link : List.of("parent_id", "child_id", "retry_of")) {
      jdbc.sql("UPDATE run SET " + link + " = NULL WHERE " + link + " IN (:ids)")
          .param("ids", ids)
          .update();
    }
    jdbc.sql("UPDATE application_turn SET run_id = NULL WHERE run_id IN (:ids)")
        .param("ids", ids)
        .update();
    jdbc.sql("DELETE FROM production_release WHERE run_id IN (:ids)").param("ids", ids).update();
    jdbc.sql("DELETE FROM run WHERE id IN (:ids)").param("ids", ids).update();
    ids.forEach(blocks::forget);
  }

  /** Removes logs, which are most of what a run takes, earlier than the runs. */
  @Component
  static class OfLogs implements Housekeeping {

    private final JdbcClient jdbc;
    private final RetentionProperties retention;
    private final InstantSource clock;

    OfLogs(JdbcClient jdbc, RetentionProperties retention, InstantSource clock) {
      this.jdbc = jdbc;
      this.retention = retention;
      this.clock = clock;
    }

    @Override
    public String what() {
      return "logs";
    }

    @Override
    public int clear() {
      var removed = 0;
      var before = clock.instant().minus(retention.logsFor()).atOffset(ZoneOffset.UTC);
      while (true) {
        var steps =
            jdbc.sql(
                    "SELECT s.id FROM run_step s JOIN run r ON r.id = s.run_id WHERE r.finished_at < :before"
                        + " AND EXISTS (SELECT 1 FROM step_log l WHERE l.step_id = s.id) FETCH FIRST "
                        + AT_ONCE
                        + " ROWS ONLY")
                .param("before", before)
                .query((row, n) -> row.getLong(1))
                .list();
        if (steps.isEmpty()) {
          return removed;
        }
        jdbc.sql("DELETE FROM step_log WHERE step_id IN (:steps)").param("steps", steps).update();
        removed += steps.size();
      }
    }
  }
}
