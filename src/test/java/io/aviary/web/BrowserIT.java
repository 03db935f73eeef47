package io.aviary.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.aviary.release.Actor;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.Freezes;
import io.aviary.release.RunStatus;
import io.aviary.release.StepStatus;
import io.aviary.release.audit.Audit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The pages in a real browser: what axe-core finds, what runs beyond a narrow screen, and a
 * person's way by keyboard. In both themes and at 360 px.
 */
@WebTest
class BrowserIT {

  private record Look(String name, int width, ColorScheme scheme) {}

  private static final List<Look> LOOKS =
      List.of(
          new Look("light", 1280, ColorScheme.LIGHT),
          new Look("dark", 1280, ColorScheme.DARK),
          new Look("narrow", 360, ColorScheme.LIGHT));

  private static @Nullable Chromium chromium;
  private static String axe = "";

  @LocalServerPort int port;
  @Autowired Stories stories;
  @Autowired FakeDeliveries deliveries;
  @Autowired Freezes freezes;
  @Autowired Audit audit;
  @Autowired JdbcClient jdbc;
  @Autowired FakeMeasurements measurements;

  private long run;

  @BeforeAll
  static void browser() {
    var executable = Chromium.demanded("the pages in a browser");
    chromium = Chromium.start(executable);
    try {
      axe =
          new ClassPathResource("META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")
              .getContentAsString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  static void away() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void aServerInUse() {
    stories.forgetAll();
    jdbc.sql("DELETE FROM frozen").update();
    var examples = new ExampleRuns(stories);
    examples.failed();
    examples.good();
    examples.waiting();
    run = examples.rolledBack().id();
    ExamplePages.measured(measurements, run, Instant.now().minusSeconds(3000));
    deliveries.clear();
    deliveries.add("d-1", Verdict.IGNORED, "another branch", null);
    ExamplePages.decided(audit);
    freezes.set("warbler", "the fair", null, List.of(), new Actor("wren", null));
  }

  private Map<String, String> pages() {
    var pages = ExamplePages.addresses(run, "d-1");
    pages.put("nothing", "/nothing-here");
    return pages;
  }

  @Test
  void axeFindsNothingAndNothingRunsBeyondTheScreen() {
    var findings = new ArrayList<String>();
    for (var look : LOOKS) {
      try (var context = context(look, "admin-token")) {
        pages().forEach((name, path) -> findings.addAll(look(context, look.name(), name, path)));
      }
      try (var context = context(look, null)) {
        findings.addAll(look(context, look.name(), "login", "/login"));
      }
    }

    assertThat(findings).isEmpty();
  }

  private List<String> look(BrowserContext context, String look, String name, String path) {
    var findings = new ArrayList<String>();
    try (var page = context.newPage()) {
      page.onPageError(error -> findings.add(look + " " + name + ": script: " + error));
      page.navigate("http://localhost:" + port + path);
      page.waitForFunction("() => document.readyState === 'complete'");
      page.evaluate(axe);
      var found =
          page.evaluate(
              "async () => (await axe.run()).violations.map(v => v.id + ' at ' + v.nodes.map(n =>"
                  + " n.target.join(' ')).join(', '))");
      if (found instanceof List<?> violations) {
        violations.forEach(it -> findings.add(look + " " + name + ": " + it));
      }
      var beyond =
          page.evaluate(
              "() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
      if (!(beyond instanceof Number pixels && pixels.intValue() <= 0)) {
        findings.add(look + " " + name + ": " + beyond + " px beyond the screen");
      }
    }
    return findings;
  }

  @Test
  void aPersonSignsInReadsWhyAndMakesATokenByKeyboardAlone() {
    try (var context = context(LOOKS.getFirst(), null);
        var page = context.newPage()) {
      page.navigate("http://localhost:" + port + "/runs/" + run);
      assertThat(page.url()).endsWith("/login");
      type(page, "tern");
      page.keyboard().press("Tab");
      type(page, "sea");
      page.keyboard().press("Enter");
      page.waitForURL("**/runs/" + run + "*");
      assertThat(page.locator("#why").textContent()).contains("Rolled back");

      page.keyboard().press("Tab");
      assertThat(page.evaluate("() => document.activeElement.className")).isEqualTo("skip");
      page.keyboard().press("Enter");
      assertThat(page.evaluate("() => document.activeElement.id")).isEqualTo("main");

      page.navigate("http://localhost:" + port + "/tokens");
      page.locator("input[name=name]").focus();
      type(page, "deploy");
      page.keyboard().press("Enter");
      page.waitForSelector("#made-title");
      assertThat(page.locator("pre.code").textContent()).startsWith("aviary_");
      page.reload();
      assertThat(page.content()).doesNotContain("made-title");
    }
  }

  /** What a person would see move, as the browser itself measures it. */
  @Test
  void nothingJumpsWhileARunGoesOn() {
    var gate = "verifyCanaryInProd";
    var story = new ExampleRuns(stories).running().outputs(gate, "{\"asked\":10.0}");
    var since = Instant.now();
    measurements.set(
        story.id(),
        List.of(FakeMeasurements.latency(gate, since, 0), FakeMeasurements.errors(gate, since, 0)));
    try (var context = context(LOOKS.getFirst(), "admin-token");
        var page = context.newPage()) {
      page.addInitScript(
          "window.shifts = []; new PerformanceObserver(list => { for (const e of list.getEntries())"
              + " window.shifts.push(e.value + ' ' + e.sources.map(s => (s.node?.id || s.node?.className"
              + " || s.node?.nodeName) + ' ' + Math.round(s.previousRect.y) + '>' + Math.round(s.currentRect.y)).join(', '));"
              + " }).observe({type: 'layout-shift', buffered: true});");
      page.navigate("http://localhost:" + port + "/runs/" + story.id());
      page.waitForSelector("#pods table");
      story
          .later(Duration.ofSeconds(3))
          .stepBecomes("testCanary", StepStatus.SUCCEEDED, "exit code 0")
          .stepBecomes("rollbackCanary", StepStatus.SKIPPED, "not needed: testCanary passed")
          .stepBecomes(gate, StepStatus.RUNNING, "the share is on its way: 0 of 10 endpoints");
      page.waitForSelector("#gate-" + gate + " .state.running");
      for (var looks = 1; looks <= 8; looks++) {
        measurements.set(
            story.id(),
            List.of(
                FakeMeasurements.latency(gate, since, looks),
                FakeMeasurements.errors(gate, since, looks)));
        story
            .outputs(
                gate,
                "{\"asked\":10.0,\"share\":10.2,\"how\":\"1 of 10 ready endpoints\",\"shareSince\":\""
                    + since
                    + "\"}")
            .stepBecomes(gate, StepStatus.RUNNING, "looked " + looks + " times");
        page.waitForFunction(
            "n => document.querySelector('#why').textContent.includes('looked ' + n + ' times')",
            looks);
      }
      story.note(gate, "latency-p99 is 2.3 × the baseline's", "[\"480 ms against 210 ms\"]");
      story
          .later(Duration.ofSeconds(160))
          .stepBecomes(gate, StepStatus.FAILED, "latency-p99 is 2.3 × the baseline's")
          .stepBecomes("rollbackCanary2", StepStatus.SUCCEEDED, null)
          .become(RunStatus.ROLLED_BACK, gate + ": latency-p99 is 2.3 × the baseline's");
      page.waitForSelector("#why.bad");

      var shifts = page.evaluate("() => window.shifts");
      System.out.println("layout shifts: " + shifts);
      assertThat((List<?>) shifts)
          .as("what moved, by how much")
          .allMatch(shift -> Double.parseDouble(shift.toString().replaceFirst(" .*", "")) < 0.01);
    }
  }

  /** The browser is told so by a 204, which ends its stream. */
  @Test
  void aPageThatNothingIsLeftToBeToldLooksOnceMore() {
    var story = new ExampleRuns(stories).running();
    try (var context = context(LOOKS.getFirst(), "admin-token");
        var page = context.newPage()) {
      page.route(
          "**/events?after=*",
          route -> {
            story.become(RunStatus.SUCCEEDED, null);
            route.fulfill(new Route.FulfillOptions().setStatus(204));
          });

      page.navigate("http://localhost:" + port + "/runs/" + story.id());

      page.waitForSelector("#why.good");
      assertThat(page.locator("#live").getAttribute("data-live")).isNull();
    }
  }

  private static void type(Page page, String text) {
    page.keyboard().type(text);
  }

  /**
   * @param token null: nobody is signed in
   */
  private BrowserContext context(Look look, @Nullable String token) {
    var options =
        new Browser.NewContextOptions()
            .setViewportSize(look.width(), 900)
            .setColorScheme(look.scheme())
            .setBypassCSP(true);
    if (token != null) {
      options.setExtraHTTPHeaders(Map.of("Authorization", "Bearer " + token));
    }
    return java.util.Objects.requireNonNull(chromium).browser().newContext(options);
  }
}
