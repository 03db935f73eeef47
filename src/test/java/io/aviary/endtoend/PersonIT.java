package io.aviary.endtoend;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.options.AriaRole;
import io.aviary.simulation.ExampleCommits;
import io.aviary.simulation.Pace;
import io.aviary.web.Chromium;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows a person through the pages while real runs go on on a simulated cluster: with the content
 * security policy as it is, so that a script or style that it forbids is found, too.
 */
@TestInstance(Lifecycle.PER_CLASS)
class PersonIT {

  private static final ContainsTextOptions PATIENTLY =
      new ContainsTextOptions().setTimeout(120_000);

  @TempDir static Path folder;

  private @Nullable World world;
  private @Nullable Chromium chromium;
  private final List<String> complaints = new ArrayList<>();

  @BeforeAll
  void start() {
    var executable = Chromium.demanded("a person's way through the pages");
    world = World.start(SimulatedBackend.start(folder, Pace.BRISK));
    chromium = Chromium.start(executable);
  }

  @AfterAll
  void stop() {
    if (chromium != null) {
      chromium.close();
    }
    if (world != null) {
      world.close();
    }
  }

  @AfterEach
  void theBrowserComplainedOfNothing() {
    assertThat(complaints).isEmpty();
  }

  @Test
  void aPersonWatchesApprovesReadsWhyCancelsAndFindsAnOldRun() {
    var scene = world().scene();
    scene.kubectlMadeProduction(9);
    var asked =
        scene
            .commit()
            .replace(
                "aviary.yml", "traffic: 10\n", "traffic: 10\n      approval: {timeout: 10m}\n");
    var watched = scene.push(asked, "Return birds sorted by last sighting").run();
    try (var context = browser();
        var page = context.newPage()) {
      listen(page);

      // Sign in, and land where one wanted to go.
      page.navigate(world().url() + "/runs/" + watched);
      page.getByLabel("Name").fill("tern");
      page.getByLabel("Password").fill("sea");
      page.keyboard().press("Enter");
      page.waitForURL("**/runs/" + watched + "*");

      // Watch it live, without a reload, until it asks; approve it.
      page.evaluate("() => { window.stillHere = true; }");
      assertThat(page.locator("#why")).containsText("Waiting", PATIENTLY);
      assertThat(page.locator("#share")).containsText("asked for 10 %");
      assertThat(page.locator("#pods")).containsText("canary");
      approve(page);
      assertThat(page.locator("#why")).containsText("Succeeded", PATIENTLY);
      assertThat(page.locator(".history").first()).containsText("tern");

      // Follow it to production.
      page.getByText("production:").getByRole(AriaRole.LINK).click();
      assertThat(page.locator(".run-head .state")).containsText("Succeeded", PATIENTLY);

      // One that is rolled back says why, first and with its evidence.
      var bad =
          scene
              .push(
                  scene.commit(ExampleCommits.Change.VERSION_FAILS), "Answer with the new version")
              .run();
      page.navigate(world().url() + "/runs/" + bad);
      page.evaluate("() => { window.stillHere = true; }");
      assertThat(page.locator("#why")).containsText("Rolled back", PATIENTLY);
      assertThat(page.locator("#why")).containsText("verifyCanaryInProd");
      page.locator("#evidence summary").click();
      assertThat(page.locator("#evidence pre")).isVisible();
      assertThat(page.evaluate("() => window.stillHere")).isEqualTo(true);

      // One that is not wanted is cancelled, with a word why.
      var unwanted = scene.push(asked, "Not this one").run();
      page.navigate(world().url() + "/runs/" + unwanted);
      assertThat(page.locator("#why")).containsText("Waiting", PATIENTLY);
      page.locator("#cancel-button").click();
      page.locator("#cancel input[name=comment]").fill("the fair is on");
      page.locator("#cancel button.danger").click();
      assertThat(page.locator("#why")).containsText("Cancelled", PATIENTLY);
      assertThat(page.locator(".history").first()).containsText("the fair is on");

      // The first one is found again by its words; the filter is in the address.
      page.navigate(world().url() + "/runs");
      page.getByLabel("Search").first().fill("sorted by last");
      assertThat(page.locator("#live tbody tr")).hasCount(2);
      assertThat(page).hasURL(java.util.regex.Pattern.compile(".*q=sorted.*"));
      page.locator("#open-" + watched).click();
      assertThat(page.locator("h1")).containsText("Return birds sorted by last sighting");
    }
  }

  private static void approve(Page page) {
    page.locator("#approve-button").click();
    var dialog = page.locator("#approve");
    dialog.locator("input[name=comment]").fill("looks good");
    Locator approve = dialog.locator("button.primary");
    approve.click();
    page.waitForURL("**/runs/**");
  }

  private BrowserContext browser() {
    return Objects.requireNonNull(chromium).browser().newContext(new Browser.NewContextOptions());
  }

  /** A script that fails, or something that the policy forbids. */
  private void listen(Page page) {
    page.onPageError(complaints::add);
    page.onConsoleMessage(
        message -> {
          if (message.text().contains("Content Security Policy")) {
            complaints.add(message.text());
          }
        });
  }

  private World world() {
    return Objects.requireNonNull(world);
  }
}
