package io.aviary.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import io.aviary.release.PipelineName;
import io.aviary.release.StepStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A log of 100 MB in a browser's tab: it opens, is searched, goes on while somebody types, and is
 * downloaded. How long that takes is printed and not judged, as it depends on what else the machine
 * does; how much the tab holds is judged.
 */
@WebTest
@Tag("long")
class LogIT {

  private static final int LINE = 100;
  private static final int LINES_A_CHUNK = 160;
  private static final int CHUNKS = 6554;
  private static final int LINES = LINES_A_CHUNK * CHUNKS;
  private static final String STEP = "testCanary";

  private static @Nullable Chromium chromium;

  @LocalServerPort int port;
  @Autowired Stories stories;
  @Autowired JdbcTemplate jdbc;

  private Stories.Story story;
  private String address;

  @BeforeAll
  static void browser() {
    var executable = Chromium.demanded("a large log in a browser");
    chromium = Chromium.start(executable);
  }

  @AfterAll
  static void away() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void aLogOf100MegabytesThatGoesOn() {
    stories.forgetAll();
    story =
        stories
            .run("ornithology", PipelineName.CANARY, "2a034bf", "Sing", Duration.ofMinutes(9))
            .step(STEP, "gate", Duration.ofSeconds(9), StepStatus.RUNNING, null);
    address = "http://localhost:" + port + "/runs/" + story.id() + "/steps/" + STEP + "/log";
    append(0, CHUNKS);
  }

  @AfterEach
  void forget() {
    stories.forgetAll();
  }

  @Test
  void aLogOf100MegabytesDoesNotFreezeTheTab() throws Exception {
    try (var context = context();
        var page = context.newPage()) {
      watch(page);
      signIn(page);
      opens(page);
      goesOnWhileSomebodyTypes(page);
      waitsForWhoReads(page);
      isRememberedInLittle(context, page);
      aLineIsLinkedTo(page);
      isSearched(page);
      isDownloaded(page);
    }
  }

  /** Downloads take a session's cookie along, and no header. */
  private void signIn(Page page) {
    page.navigate("http://localhost:" + port + "/login");
    page.locator("input[name=username]").fill("wren");
    page.locator("input[name=password]").fill("hedge");
    page.keyboard().press("Enter");
    page.waitForSelector("nav[aria-label=Main]");
  }

  private void opens(Page page) {
    var begun = System.nanoTime();
    page.navigate(address);
    page.waitForSelector("#L" + LINES);
    var took = millis(begun);
    say("first lines, at the log's end, after " + took + " ms");
    assertThat(text(page, LINES)).startsWith("line " + LINES + " ");
    comesIntoView(page, LINES);
    say("longest task while it opened: " + longestTask(page) + " ms");
  }

  /** 10 MB more, as fast as the server reads them, and a key each 50 ms. */
  private void goesOnWhileSomebodyTypes(Page page) {
    page.evaluate("() => { window.tasks = []; window.delays = []; }");
    var typing = page.locator("input[name=find]");
    typing.focus();
    var more = 655;
    var begun = System.nanoTime();
    append(CHUNKS, CHUNKS + more);
    var last = LINES + more * LINES_A_CHUNK;
    story.log(STEP, "the end\n");
    var typed = 0;
    while (page.locator("#L" + (last + 1)).count() == 0) {
      assertThat(millis(begun)).as("the new lines are there").isLessThan(120_000);
      page.keyboard().type("a");
      typed++;
    }
    var took = millis(begun);
    say(
        "10 MB more were shown after %d ms; longest task %d ms; of %d keys the slowest took %d ms"
            .formatted(took, longestTask(page), typed, slowestKey(page)));
    assertThat(text(page, last + 1)).isEqualTo("the end");
    comesIntoView(page, last + 1);
    typing.fill("");
  }

  /** What somebody reads stays where it is, until they have scrolled to the end. */
  private void waitsForWhoReads(Page page) {
    var last = LINES + 655 * LINES_A_CHUNK + 1;
    var read = last - 1500;
    page.evaluate("line => document.getElementById('L' + line).scrollIntoView()", read);
    for (var line = 1; line <= 40; line++) {
      story.log(STEP, ("more " + line + "\n").repeat(100));
    }
    page.waitForSelector("text=Held while you read");
    comesIntoView(page, read);

    page.evaluate(
        "() => { const log = document.getElementById('log'); log.scrollTop = log.scrollHeight; }");
    page.waitForSelector("#L" + (last + 4000));
    assertThat(text(page, last + 4000)).isEqualTo("more 40");
    assertThat(page.locator("#following").textContent()).startsWith("Goes on");
  }

  private void isRememberedInLittle(BrowserContext context, Page page) {
    var chrome = context.newCDPSession(page);
    chrome.send("HeapProfiler.collectGarbage");
    chrome.send("Performance.enable");
    var heap = metric(chrome, "JSHeapUsedSize") / (1 << 20);
    var nodes = metric(chrome, "Nodes");
    say("the tab holds " + heap + " MiB of JavaScript objects and " + nodes + " nodes");
    assertThat(heap).isLessThan(64);
    assertThat(nodes).isLessThan(60_000);
  }

  private void aLineIsLinkedTo(Page page) {
    var begun = System.nanoTime();
    page.navigate(address + "#L500000");
    page.waitForSelector("#L500000");
    say("a link to line 500,000 led there after " + millis(begun) + " ms");
    assertThat(text(page, 500_000)).startsWith("line 500000 ");
    comesIntoView(page, 500_000);
  }

  private void isSearched(Page page) {
    page.navigate(address + "?line=1");
    var begun = System.nanoTime();
    page.locator("input[name=find]").fill("LINE 1048000 ");
    page.keyboard().press("Enter");
    page.waitForSelector("#L1048000");
    say("a text in the last of 1,048,640 lines was found after " + millis(begun) + " ms");
    comesIntoView(page, 1_048_000);
    assertThat(page.locator("[role=status]").first().textContent()).contains("1,048,000");

    page.locator("input[name=find]").fill("nowhere to be found");
    page.keyboard().press("Enter");
    page.waitForSelector("text=No line");
  }

  private void isDownloaded(Page page) throws IOException {
    story.stepBecomes(STEP, StepStatus.SUCCEEDED, "exit code 0");
    var begun = System.nanoTime();
    var download = page.waitForDownload(() -> page.locator("a.download").click());
    var file = download.path();
    say("downloaded " + Files.size(file) / (1 << 20) + " MiB after " + millis(begun) + " ms");
    assertThat(download.suggestedFilename()).endsWith("-testCanary.log");
    try (var lines = Files.lines(file)) {
      assertThat(lines.filter(line -> line.startsWith("line ")).count())
          .isEqualTo(LINES + 655L * LINES_A_CHUNK);
    }
  }

  // ---- the log

  private void append(int from, int to) {
    var step =
        jdbc.queryForObject(
            "SELECT id FROM run_step WHERE run_id = ? AND name = ?", Long.class, story.id(), STEP);
    var now = Instant.now().atOffset(ZoneOffset.UTC);
    var rows = new ArrayList<Object[]>();
    for (var chunk = from; chunk < to; chunk++) {
      var text = new StringBuilder();
      for (var line = 1L; line <= LINES_A_CHUNK; line++) {
        var begin = "line " + ((long) chunk * LINES_A_CHUNK + line) + " ";
        text.append(begin).append("x".repeat(LINE - 1 - begin.length())).append('\n');
      }
      rows.add(
          new Object[] {
            step,
            (long) chunk * LINES_A_CHUNK * LINE,
            (long) chunk * LINES_A_CHUNK,
            LINES_A_CHUNK,
            text.length(),
            text.toString(),
            now
          });
      if (rows.size() == 100 || chunk == to - 1) {
        jdbc.batchUpdate(
            "INSERT INTO step_log (step_id, offset_chars, lines_before, line_ends, chars, text,"
                + " stored_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows);
        rows.clear();
      }
    }
  }

  // ---- what the browser says

  private static void watch(Page page) {
    page.addInitScript(
        """
        window.tasks = []; window.delays = [];
        new PerformanceObserver(list => list.getEntries().forEach(e => window.tasks.push(e.duration)))
          .observe({type: 'longtask', buffered: true});
        new PerformanceObserver(list => list.getEntries().forEach(e => window.delays.push(e.duration)))
          .observe({type: 'event', durationThreshold: 16, buffered: true});
        """);
  }

  private static long longestTask(Page page) {
    return number(page.evaluate("() => Math.round(Math.max(0, ...window.tasks))"));
  }

  /** From the key to the picture that shows it. */
  private static long slowestKey(Page page) {
    return number(page.evaluate("() => Math.round(Math.max(0, ...window.delays))"));
  }

  private static String text(Page page, int line) {
    return Objects.requireNonNull(page.locator("#L" + line + " span").textContent());
  }

  /** The browser scrolls a moment after the line is there. */
  private static void comesIntoView(Page page, int line) {
    page.waitForFunction(
        "line => { const it = document.getElementById('L' + line).getBoundingClientRect();"
            + " const log = document.getElementById('log').getBoundingClientRect();"
            + " return it.top >= log.top - 1 && it.bottom <= log.bottom + 1; }",
        line);
  }

  private static long metric(CDPSession chrome, String name) {
    for (var metric : chrome.send("Performance.getMetrics").getAsJsonArray("metrics")) {
      if (metric.getAsJsonObject().get("name").getAsString().equals(name)) {
        return metric.getAsJsonObject().get("value").getAsLong();
      }
    }
    throw new AssertionError("the browser does not measure " + name);
  }

  private static long number(Object value) {
    return ((Number) value).longValue();
  }

  private static long millis(long since) {
    return (System.nanoTime() - since) / 1_000_000;
  }

  private static void say(String what) {
    System.out.println("a log of 100 MB: " + what);
  }

  private static BrowserContext context() {
    return Objects.requireNonNull(chromium)
        .browser()
        .newContext(new Browser.NewContextOptions().setViewportSize(1280, 900));
  }
}
