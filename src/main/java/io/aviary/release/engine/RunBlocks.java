package io.aviary.release.engine;

import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What lists need of all runs, in blocks of some hundred: see the decision "Runs are searched in
 * blocks". A block is about runs whose texts will not change, in a range of ids in which no run
 * will appear. When one of them is removed, so is the block, and is made anew by the next {@link
 * #fill}.
 */
@Component
class RunBlocks {

  static final int SIZE = 256;

  /** Below a run that is so old nobody is about to store another one. */
  private static final Duration SETTLED = Duration.ofMinutes(10);

  /** In characters; more than this H2 does not take into a column. */
  private static final int LONGEST = 1_000_000;

  private final JdbcClient jdbc;
  private final InstantSource clock;
  private final TransactionTemplate transaction;

  RunBlocks(JdbcClient jdbc, InstantSource clock, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** A range of ids: all parts follow each other without a hole. */
  sealed interface Part {
    /** The first id. */
    long from();

    /** The first id after it. */
    long to();
  }

  /** Nothing is known of these: look at the runs. */
  record Gap(long from, long to) implements Part {}

  /**
   * These are known.
   *
   * @param text only where what is sought is in one of these runs
   */
  record Block(long from, long to, int runs, String ids, @Nullable String text) implements Part {

    /** The ids of these runs in which something is that {@link SearchText#sought} made. */
    void find(String sought, LongConsumer found) {
      if (text != null) {
        var known = known();
        SearchText.find(sought, text, run -> found.accept(known[(int) run]));
      }
    }

    private long[] known() {
      var known = new long[runs];
      var id = from;
      var distances = ids.split(" ", -1);
      for (var run = 0; run < runs; run++) {
        id += Long.parseLong(distances[run]);
        known[run] = id;
      }
      return known;
    }
  }

  /** All ids there are, the oldest first, without texts. */
  List<Part> all() {
    return parts(
        jdbc.sql("SELECT first_id, end_id, runs FROM run_block ORDER BY first_id")
            .query((row, n) -> new Block(row.getLong(1), row.getLong(2), row.getInt(3), "", null))
            .list());
  }

  /**
   * All ids there are, the oldest first, with texts where it is found.
   *
   * @param sought not empty, from {@link SearchText#sought}
   */
  List<Part> with(String sought) {
    return parts(
        jdbc.sql(
                "SELECT first_id, end_id, runs, ids, CASE WHEN POSITION(? IN text) > 0 THEN text END"
                    + " FROM run_block ORDER BY first_id")
            .param(sought)
            .query(
                (row, n) ->
                    new Block(
                        row.getLong(1),
                        row.getLong(2),
                        row.getInt(3),
                        row.getString(4),
                        row.getString(5)))
            .list());
  }

  private static List<Part> parts(List<Block> blocks) {
    var parts = new ArrayList<Part>();
    var next = 0L;
    for (var block : blocks) {
      if (block.from() < next) {
        continue;
      }
      if (block.from() > next) {
        parts.add(new Gap(next, block.from()));
      }
      parts.add(block);
      next = block.to();
    }
    parts.add(new Gap(next, Long.MAX_VALUE));
    return parts;
  }

  // ---- filling

  /**
   * Makes the blocks that can be made, each in a transaction of its own. Seconds for 100,000 runs,
   * at the first time.
   *
   * @return how many
   */
  int fill() {
    var before = count();
    for (var part : all()) {
      if (part instanceof Gap gap) {
        var from = OptionalLong.of(gap.from());
        while (from.isPresent()) {
          var next = from.getAsLong();
          from = Objects.requireNonNull(transaction.execute(_ -> fill(next, gap.to())));
        }
      }
    }
    return count() - before;
  }

  private int count() {
    return jdbc.sql("SELECT COUNT(*) FROM run_block").query(Integer.class).single();
  }

  /**
   * Whoever changes blocks waits here for who does already, until their transaction ends: what is
   * removed while a block is made would else stay in it.
   */
  void lock() {
    jdbc.sql("SELECT first_id FROM run_block WHERE first_id = -1 FOR UPDATE")
        .query(Long.class)
        .single();
  }

  /** Forgets what is known of a run that was just removed, in the same transaction. */
  void forget(long run) {
    jdbc.sql(
            "DELETE FROM run_block WHERE end_id > ?"
                + " AND first_id = (SELECT b.first_id FROM run_block b WHERE b.first_id <= ?"
                + " ORDER BY b.first_id DESC FETCH FIRST 1 ROW ONLY)")
        .params(run, run)
        .update();
  }

  private record Row(
      long id,
      @Nullable String message,
      @Nullable String author,
      String revision,
      OffsetDateTime createdAt,
      boolean isSettled) {}

  /**
   * Makes the first block of a gap, if it can be made.
   *
   * @return where to go on; empty: this was all
   */
  private OptionalLong fill(long from, long to) {
    lock();
    var rows = rows(from, to);
    var isAll = rows.size() <= SIZE;
    if (isAll && to == Long.MAX_VALUE) {
      return OptionalLong.empty();
    }
    var block = isAll ? rows : rows.subList(0, SIZE);
    var end = isAll ? to : block.getLast().id() + 1;
    if (to == Long.MAX_VALUE
        && rows.getLast().createdAt().toInstant().isAfter(clock.instant().minus(SETTLED))) {
      return OptionalLong.empty();
    }
    // Until a run has read its commit, message and author may change.
    if (block.stream().allMatch(Row::isSettled)) {
      store(from, end, block);
    }
    return isAll ? OptionalLong.empty() : OptionalLong.of(end);
  }

  private List<Row> rows(long from, long to) {
    return jdbc.sql(
            "SELECT id, message, author, revision, created_at, CASE WHEN finished_at IS NOT NULL"
                + " OR EXISTS (SELECT 1 FROM run_definition d WHERE d.run_id = run.id)"
                + " THEN TRUE ELSE FALSE END FROM run WHERE id >= ? AND id < ? ORDER BY id"
                + " FETCH FIRST "
                + (SIZE + 1)
                + " ROWS ONLY")
        .params(from, to)
        .query(
            (row, n) ->
                new Row(
                    row.getLong(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getObject(5, OffsetDateTime.class),
                    row.getBoolean(6)))
        .list();
  }

  private void store(long from, long end, List<Row> block) {
    var text = new SearchText();
    var ids = new StringBuilder();
    var before = from;
    for (var row : block) {
      text.add(row.message(), row.author(), row.revision());
      ids.append(row.id() - before).append(' ');
      before = row.id();
    }
    if (text.length() <= LONGEST) {
      jdbc.sql("INSERT INTO run_block (first_id, end_id, runs, ids, text) VALUES (?, ?, ?, ?, ?)")
          .params(from, end, block.size(), ids.toString().strip(), text.toString())
          .update();
    }
  }
}
