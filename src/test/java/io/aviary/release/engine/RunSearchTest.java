package io.aviary.release.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.aviary.release.Page;
import io.aviary.release.RetentionProperties;
import io.aviary.release.RunFilter;
import io.aviary.release.RunStatus;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import java.sql.Types;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** Lists over runs in blocks show what a look at each run shows. */
@SpringBootTest(
    classes = EngineTest.Server.class,
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {"spring.datasource.url=jdbc:h2:mem:search", "db-scheduler.enabled=false"})
class RunSearchTest {

  /** Cases, letters that are two characters, and what has a meaning in patterns. */
  private static final String[] CHARACTERS = {
    "a", "A", "b", "B", "ä", "Ä", "ß", "é", "É", "σ", "Σ", "ж", "Ж", "鳥", "🐦", "𐐨", "𐐀", "i",
    "I", "s", "%", "_", "\\", "'", " ", "\n", "\u0001", "\u0002", "0", "1"
  };

  private static final Duration YEAR = Duration.ofDays(365);

  @Autowired Runs runs;
  @Autowired RunBlocks blocks;
  @Autowired JdbcClient jdbc;
  @Autowired ManualClock clock;
  @Autowired PlatformTransactionManager transactions;

  private final Random random = new Random(7);

  @BeforeEach
  void noRuns() {
    jdbc.sql("DELETE FROM run").update();
    jdbc.sql("DELETE FROM run_block WHERE first_id >= 0").update();
  }

  // ---- searching

  @Test
  void aSearchFindsWhatComparingEachRunFinds() {
    for (var run = 0; run < 1500; run++) {
      run(
          "birds",
          random.nextInt(9) == 0 ? null : text(30),
          random.nextInt(9) == 0 ? null : text(4));
    }
    clock.advance(Duration.ofHours(1));
    assertThat(blocks.fill()).isEqualTo(5);
    removeSome();
    for (var run = 0; run < 40; run++) {
      run("birds", text(30), text(4));
    }

    var hits = 0;
    for (var search = 0; search < 400; search++) {
      var text = search % 3 == 0 ? pieceOfOne() : text(1 + random.nextInt(3));
      var expected = compared(text);
      assertThat(all(filter(null, null, text))).as("runs with '%s'", text).isEqualTo(expected);
      hits += expected.size();
    }
    assertThat(hits).isGreaterThan(10_000);
  }

  @Test
  void otherFiltersNarrowASearch() {
    for (var run = 0; run < 700; run++) {
      run(run % 7 == 0 ? "birds" : "patient", "number " + run, run % 2 == 0 ? "finch" : "Finch");
    }
    clock.advance(Duration.ofHours(1));
    assertThat(blocks.fill()).isEqualTo(2);

    assertThat(messages(filter("birds", null, "NUMBER 69"))).containsExactly("number 693");
    assertThat(all(filter("birds", null, "number"))).hasSize(100);
    assertThat(all(filter("birds", RunStatus.FAILED, "number"))).isEmpty();
    assertThat(all(filter(null, RunStatus.SUCCEEDED, "finch"))).hasSize(700);
    assertThat(all(filter(null, RunStatus.SUCCEEDED, "number 1"))).hasSize(111);
    assertThat(all(filter(null, null, "number").within(Set.of("birds")))).hasSize(100);
    assertThat(all(filter(null, null, "number").within(Set.of()))).isEmpty();
    assertThat(all(filter(null, null, ""))).hasSize(700);
  }

  @Test
  void aRunThatHasYetToReadItsCommitIsFoundByWhatItReads() {
    for (var run = 0; run < 300; run++) {
      run("birds", "earlier", "finch");
    }
    jdbc.sql("UPDATE run SET finished_at = NULL WHERE id = (SELECT MIN(r.id) + 9 FROM run r)")
        .update();
    clock.advance(Duration.ofHours(1));
    assertThat(blocks.fill()).isZero();
    jdbc.sql("UPDATE run SET message = 'read later' WHERE finished_at IS NULL").update();

    assertThat(messages(filter(null, null, "LATER"))).containsExactly("read later");
    jdbc.sql(
            "INSERT INTO run_definition (run_id, text) SELECT id, '{}' FROM run WHERE finished_at IS NULL")
        .update();
    assertThat(blocks.fill()).as("the run need not have ended").isEqualTo(1);
    assertThat(messages(filter(null, null, "LATER"))).containsExactly("read later");
  }

  @Test
  void blocksAreMadeOnlyWhereNobodyCanStillBeStoringARun() {
    for (var run = 0; run < 257; run++) {
      run("birds", "earlier", "finch");
    }

    assertThat(blocks.fill()).isZero();
    clock.advance(Duration.ofHours(1));
    assertThat(blocks.fill()).isEqualTo(1);
    assertThat(blocks.fill()).as("there is nothing left to do").isZero();
  }

  @Test
  void textsThatAreLongerThanAColumnAreFoundInTheRuns() {
    for (var run = 0; run < 300; run++) {
      run("birds", "m".repeat(5000) + run + "!", "finch");
    }
    clock.advance(Duration.ofHours(1));

    assertThat(blocks.fill()).isZero();
    assertThat(all(filter(null, null, "m17!"))).hasSize(1);
  }

  // ---- pages

  @Test
  void pagesOfAllRunsFollowEachOtherAcrossBlocksAndWhatIsInNone() {
    for (var run = 0; run < 1100; run++) {
      run("birds", "earlier", "finch");
    }
    clock.advance(Duration.ofHours(1));
    blocks.fill();
    removeSome();
    var newestFirst = jdbc.sql("SELECT id FROM run ORDER BY id DESC").query(Long.class).list();

    for (var refilled = 0; refilled < 2; refilled++) {
      for (var page = 0; page <= 40; page++) {
        var from = Math.min(page * 30, newestFirst.size());
        var to = Math.min(from + 30, newestFirst.size());
        var found = runs.search(RunFilter.ALL, page, 30);
        assertThat(ids(found)).as("page " + page).isEqualTo(newestFirst.subList(from, to));
        assertThat(found.total()).isEqualTo(newestFirst.size());
      }
      blocks.fill();
    }
  }

  @Test
  void whatIsClearedAwayIsForgotten() {
    for (var run = 0; run < 300; run++) {
      run("birds", "earlier", "finch");
    }
    clock.advance(YEAR.plusDays(1));
    for (var run = 0; run < 300; run++) {
      run("birds", "later", "finch");
    }
    clock.advance(Duration.ofHours(1));
    assertThat(blocks.fill()).isEqualTo(2);
    var retention =
        new RunRetention(
            jdbc,
            blocks,
            new RetentionProperties(YEAR, 10, 1000, Duration.ofDays(90), Duration.ofDays(90), 1000),
            clock,
            transactions);

    assertThat(retention.clear()).isEqualTo(300);

    for (var refilled = 0; refilled < 2; refilled++) {
      assertThat(all(filter(null, null, "earlier"))).isEmpty();
      assertThat(all(filter(null, null, "later"))).hasSize(300);
      assertThat(runs.search(RunFilter.ALL, 0, 10).total()).isEqualTo(300);
      blocks.fill();
    }
  }

  // ----

  private void run(String application, @Nullable String message, @Nullable String author) {
    var now = clock.instant().atOffset(ZoneOffset.UTC);
    jdbc.sql(
            "INSERT INTO run (application, pipeline, status, revision, branch, message, author, trigger_kind,"
                + " created_at, finished_at, plan_version, turn) VALUES (:application, 'CANARY', 'SUCCEEDED',"
                + " :revision, 'master', :message, :author, 'PUSH', :now, :now, 1, 'BEFORE')")
        .param("application", application)
        .param("revision", "%040x".formatted(random.nextLong() >>> 20))
        .param("message", message, Types.VARCHAR)
        .param("author", author, Types.VARCHAR)
        .param("now", now)
        .update();
  }

  private String text(int longest) {
    var text = new StringBuilder();
    for (var left = 1 + random.nextInt(longest); left > 0; left--) {
      text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
    }
    return text.toString();
  }

  private String pieceOfOne() {
    var all =
        jdbc.sql("SELECT message FROM run WHERE message IS NOT NULL").query(String.class).list();
    var one = all.get(random.nextInt(all.size()));
    var from = one.offsetByCodePoints(0, random.nextInt(one.codePointCount(0, one.length())));
    var piece = one.substring(from);
    var end = Math.min(5, piece.codePointCount(0, piece.length()));
    return piece.substring(0, piece.offsetByCodePoints(0, end));
  }

  private List<Long> compared(String text) {
    var pattern =
        "%" + lower(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
    return jdbc.sql(
            "SELECT id FROM run WHERE message ILIKE ? ESCAPE '\\' OR author ILIKE ? ESCAPE '\\' OR revision LIKE ?"
                + " ESCAPE '\\' ORDER BY id DESC")
        .params(pattern, pattern, pattern)
        .query((row, n) -> row.getLong(1))
        .list();
  }

  private static String lower(String text) {
    return text.codePoints()
        .map(Character::toLowerCase)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** As clearing away does it: in the middle, at an edge, and all of one block. */
  private void removeSome() {
    var all = jdbc.sql("SELECT id FROM run ORDER BY id").query(Long.class).list();
    var gone = new ArrayList<>(all.subList(256, 512));
    gone.add(all.get(700));
    gone.add(all.get(1023));
    for (var id : gone) {
      jdbc.sql("DELETE FROM run WHERE id = ?").param(id).update();
      blocks.forget(id);
    }
  }

  private static RunFilter filter(
      @Nullable String application, @Nullable RunStatus status, String text) {
    return new RunFilter(application, null, status, null, null, null, text, null, null);
  }

  private List<Long> all(RunFilter filter) {
    var all = new ArrayList<Long>();
    Page<RunView> page;
    do {
      page = runs.search(filter, all.size() / 100, 100);
      all.addAll(ids(page));
    } while (page.hasNext());
    assertThat(page.total()).isEqualTo(all.size());
    return all;
  }

  private List<String> messages(RunFilter filter) {
    return runs.search(filter, 0, 100).items().stream().map(RunView::title).toList();
  }

  private static List<Long> ids(Page<RunView> page) {
    return page.items().stream().map(RunView::id).toList();
  }
}
