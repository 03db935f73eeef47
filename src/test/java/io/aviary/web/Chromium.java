package io.aviary.web;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import io.aviary.house.LeftOut;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The machine's own Chromium, driven by Playwright, which downloads none. */
public final class Chromium implements AutoCloseable {

  private static final List<String> CALM =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Path executable) {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(new LaunchOptions().setExecutablePath(executable).setArgs(CALM));
  }

  /** Where it is, if it is on this machine; {@code CHROMIUM} names another place. */
  public static Optional<Path> executable() {
    @Nullable String chosen = System.getenv("CHROMIUM");
    return Stream.of(chosen == null ? "/usr/bin/chromium" : chosen, "/usr/bin/chromium-browser")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Without one the test is left out, and says so; in CI there must be one.
   *
   * @param what is left out then
   */
  public static Path demanded(String what) {
    return LeftOut.unless(
        executable(), what + ", because there is no Chromium", "Chromium must be there in CI");
  }

  public static Chromium start(Path executable) {
    return new Chromium(executable);
  }

  public Browser browser() {
    return browser;
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
