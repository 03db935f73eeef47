package io.aviary.web;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.aviary.release.Actor;
import io.aviary.release.DeliveryView.Verdict;
import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditEntry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Makes the pictures of the documentation: each page in both themes, with made-up runs. {@code
 * Pictures docs/screenshots}.
 */
final class Pictures {

  private static final int WIDTH = 1200;

  private Pictures() {}

  public static void main(String[] arguments) {
    var folder = Path.of(arguments[0]);
    var settings =
        Stream.concat(
                Arrays.stream(
                        Objects.requireNonNull(WebTest.class.getAnnotation(SpringBootTest.class))
                            .properties())
                    .map(property -> "--" + property),
                Stream.of("--server.port=0", "--spring.main.banner-mode=off"))
            .toArray(String[]::new);
    try (var context = new SpringApplication(TestServer.class).run(settings);
        var chromium = Chromium.start(Chromium.executable().orElseThrow())) {
      var pages = pages(context);
      var address = "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
      for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        pages.forEach((name, path) -> take(chromium, scheme, name, address + path, folder));
      }
    }
    // Streams of pages that are gone are still open.
    System.exit(0);
  }

  private static Map<String, String> pages(ConfigurableApplicationContext context) {
    var examples = new ExampleRuns(context.getBean(Stories.class));
    examples.failed();
    examples.superseded();
    examples.good();
    var run = examples.rolledBack().id();
    examples.waiting();
    var running = examples.running();
    var since = Instant.now().minusSeconds(3090);
    context
        .getBean(FakeMeasurements.class)
        .set(
            run,
            List.of(
                FakeMeasurements.latency("verifyCanaryInProd", since, 32),
                FakeMeasurements.errors("verifyCanaryInProd", since, 32)));
    var deliveries = context.getBean(FakeDeliveries.class);
    deliveries.add(
        "1b2f9c00-c9aa-11f0-8de9-0242ac120002",
        Verdict.IGNORED,
        "the branch feature/x is not released",
        null);
    deliveries.add(
        "a73d6ee2-c9aa-11f0-8de9-0242ac120002",
        Verdict.ACCEPTED,
        "a new head of master",
        running.id());
    context
        .getBean(Audit.class)
        .add(
            AuditEntry.Kind.DECISION,
            new Actor("wren", "192.0.2.7"),
            "cancel",
            "run 3",
            "ornithology",
            "too many errors");
    var pages = new LinkedHashMap<String, String>();
    pages.put("applications", "/");
    pages.put("application", "/applications/ornithology");
    pages.put("runs", "/runs");
    pages.put("run", "/runs/" + run);
    pages.put("log", "/runs/" + run + "/steps/verifyCanaryInProd/log");
    pages.put("deliveries", "/deliveries");
    pages.put("delivery", "/deliveries/a73d6ee2-c9aa-11f0-8de9-0242ac120002");
    pages.put("audit", "/audit");
    pages.put("tokens", "/tokens");
    pages.put("system", "/system");
    pages.put("login", "/login");
    return pages;
  }

  private static void take(
      Chromium chromium, ColorScheme scheme, String name, String address, Path folder) {
    var options =
        new Browser.NewContextOptions().setViewportSize(WIDTH, 760).setColorScheme(scheme);
    if (!name.equals("login")) {
      options.setExtraHTTPHeaders(Map.of("Authorization", "Bearer admin-token"));
    }
    try (var context = chromium.browser().newContext(options);
        var page = context.newPage()) {
      page.navigate(address);
      page.waitForFunction("() => document.readyState === 'complete'");
      var file = folder.resolve(name + (scheme == ColorScheme.DARK ? "-dark" : "-light") + ".png");
      page.screenshot(new Page.ScreenshotOptions().setPath(file).setFullPage(name.equals("run")));
      System.out.println(file);
    }
  }
}
