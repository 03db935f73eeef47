package io.aviary.web;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Takes pictures of pages of a running server, each in both themes and on a narrow screen: a main
 * class. Arguments: the server's address, a folder, and {@code name=path} of each page.
 */
final class Screenshots {

  private record Look(String name, int width, ColorScheme scheme) {}

  private static final List<Look> LOOKS =
      List.of(
          new Look("light", 1280, ColorScheme.LIGHT),
          new Look("dark", 1280, ColorScheme.DARK),
          new Look("narrow", 360, ColorScheme.LIGHT));

  private Screenshots() {}

  public static void main(String[] arguments) {
    var address = arguments[0];
    var folder = Path.of(arguments[1]);
    try (var chromium = Chromium.start(Chromium.executable().orElseThrow())) {
      for (var look : LOOKS) {
        var context =
            chromium
                .browser()
                .newContext(
                    new Browser.NewContextOptions()
                        .setViewportSize(look.width(), 900)
                        .setColorScheme(look.scheme()));
        var page = context.newPage();
        page.onConsoleMessage(message -> System.out.println("console: " + message.text()));
        page.onPageError(error -> System.out.println("page error: " + error));
        for (var argument : List.of(arguments).subList(2, arguments.length)) {
          var parts = argument.split("=", 2);
          page.navigate(address + parts[1]);
          page.waitForTimeout(300);
          page.screenshot(
              new Page.ScreenshotOptions()
                  .setPath(folder.resolve(parts[0] + "-" + look.name() + ".png"))
                  .setFullPage(true));
          var overflow =
              page.evaluate(
                  "() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
          System.out.println(Map.of("page", argument, "look", look.name(), "overflow", overflow));
        }
        context.close();
      }
    }
  }
}
