package io.aviary.web.ui;

import io.aviary.release.Applications;
import io.aviary.release.PipelineName;
import io.aviary.release.RunStatus;
import io.aviary.release.Runs;
import io.aviary.web.api.EventStream;
import io.aviary.web.api.RunNews;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;

/** The list of runs; its filter is in the address. */
@Controller
@Needs(Right.READ)
class RunsPage {

  static final int SIZE = 25;

  /** A status to choose. */
  record Choice(String key, String word) {}

  private static final List<Choice> STATUSES =
      Arrays.stream(RunStatus.values())
          .map(status -> new Choice(status.name(), State.of(status).word()))
          .toList();

  private final Runs runs;
  private final RunNews news;
  private final Applications applications;

  RunsPage(Runs runs, RunNews news, Applications applications) {
    this.runs = runs;
    this.news = news;
    this.applications = applications;
  }

  @GetMapping("/runs")
  String runs(
      @RequestParam Map<String, String> parameters,
      @ModelAttribute("words") Words words,
      @ModelAttribute("part") Part part,
      Caller caller,
      Model model) {
    model.addAttribute("after", runs.version());
    var form = new FilterForm(parameters);
    var page = runs.search(form.filter().within(caller.within(Right.READ)), form.page(), SIZE);
    model.addAttribute("filter", form);
    model.addAttribute("page", page);
    model.addAttribute("rows", page.items().stream().map(run -> RunRow.of(run, words)).toList());
    model.addAttribute("applications", caller.readable(applications.all()));
    model.addAttribute("statuses", STATUSES);
    model.addAttribute("pipelines", PipelineName.values());
    return part.of("runs", "list");
  }

  /**
   * Says that some run has changed, to lists that are open.
   *
   * @param after the version of all runs when the list was made; without it only what comes is told
   */
  @GetMapping("/runs/events")
  void events(@RequestParam(required = false) @Nullable String after, HttpServletResponse response)
      throws IOException, InterruptedException {
    try (var subscription = news.ofAll()) {
      var stream = new EventStream(response);
      var seen = after == null ? runs.version() : after;
      var silent = Duration.ZERO;
      do {
        // What another server did is not heard, but seen.
        var version = runs.version();
        silent = version.equals(seen) ? silent.plus(RunNews.POLL) : Duration.ZERO;
        if (!version.equals(seen)) {
          stream.send("change", null, "");
          seen = version;
        } else if (silent.compareTo(EventStream.HEARTBEAT) >= 0) {
          stream.heartbeat();
          silent = Duration.ZERO;
        }
      } while (subscription.await(RunNews.POLL));
    }
  }
}
