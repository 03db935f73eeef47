package io.aviary.web;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.SpringBootTest;

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
      var pages = ExamplePages.of(context);
      pages.put("login", "/login");
      var address = "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
      for (var scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        pages.forEach((name, path) -> take(chromium, scheme, name, address + path, folder));
      }
    }
    // Streams of pages that are gone are still open.
    System.exit(0);
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
