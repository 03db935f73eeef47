package io.aviary.web.ui;

import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.release.Runs.LogLines;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.UriComponentsBuilder;

/** A step's log, in pages; the last page grows while the step is under way. */
@Controller
@Needs(Right.READ)
class LogPage {

  /** So many lines a browser shows without effort. */
  static final int LINES = 2000;

  private static final int LONGEST_SEARCH = 200;

  private final Runs runs;

  LogPage(Runs runs) {
    this.runs = runs;
  }

  /**
   * Shows the page with a line; without one the last page.
   *
   * @param line its number, from 1
   * @param find the first line from there on that contains it is led to
   */
  @GetMapping("/runs/{id:\\d{1,18}}/steps/{name}/log")
  String log(
      @PathVariable long id,
      @PathVariable String name,
      @RequestParam(required = false) @Nullable Long line,
      @RequestParam(required = false) @Nullable String find,
      @ModelAttribute("part") Part part,
      Caller caller,
      Model model) {
    // Before the run: what happens while the page is made is then told to it.
    model.addAttribute("after", runs.newestRecord(id));
    var run =
        runs.find(id)
            .orElseThrow(
                () -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no run " + id));
    caller.demand(Right.READ, run.application());
    var step =
        run.steps().stream()
            .filter(it -> it.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "There is no step " + name + " in run " + id));
    var wanted = find == null || part.isPart() ? "" : find.strip();
    if (!wanted.isEmpty()) {
      var from = line == null ? 1 : Math.max(1, line);
      var found = search(id, name, wanted, from);
      if (found.isPresent() && !found.get().equals(line)) {
        return to(id, name, found.get(), wanted);
      }
      model.addAttribute("find", wanted);
      model.addAttribute("from", from);
      model.addAttribute("found", found.orElse(null));
    }
    model.addAttribute("run", run);
    model.addAttribute("step", step);
    model.addAttribute("state", State.of(step));
    if (!part.isPart()) {
      model.addAttribute("log", lines(run, name, line));
    }
    return part.of("log", "live");
  }

  /** Longer ones are cut, and lines have no ends inside. */
  private Optional<Long> search(long run, String step, String wanted, long from) {
    var text = wanted.substring(0, Math.min(LONGEST_SEARCH, wanted.length()));
    return text.indexOf('\n') >= 0 ? Optional.empty() : runs.findLine(run, step, text, from);
  }

  private static String to(long run, String step, long line, String find) {
    return "redirect:"
        + UriComponentsBuilder.fromPath("/runs/{run}/steps/{step}/log")
            .queryParam("line", line)
            .queryParam("find", "{find}")
            .fragment("L" + line)
            .encode()
            .buildAndExpand(run, step, find)
            .toUriString();
  }

  private Shown lines(RunView run, String step, @Nullable Long line) {
    try {
      var total = runs.logLines(run.id(), step, 1, 0).orElseThrow().total();
      var wanted = line == null ? total : Math.clamp(line, 1, Math.max(1, total));
      return new Shown(runs.logLines(run.id(), step, firstOfPage(wanted), LINES).orElseThrow());
    } catch (NoSuchElementException e) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no log any more", e);
    }
  }

  private static long firstOfPage(long line) {
    return Math.max(0, line - 1) / LINES * LINES + 1;
  }

  /** A page of a log. */
  record Shown(LogLines lines) {

    public long last() {
      return lines.first() + lines.lines().size() - 1;
    }

    public boolean isFirstPage() {
      return lines.first() == 1;
    }

    public long earlier() {
      return Math.max(1, lines.first() - LINES);
    }

    /** It is to be read on from the page's end. */
    public boolean grows() {
      return !lines.hasNext() && !lines.complete();
    }
  }
}
