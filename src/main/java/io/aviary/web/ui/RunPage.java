package io.aviary.web.ui;

import io.aviary.release.ApplicationView;
import io.aviary.release.Applications;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Releases;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** One run: what it is, where it stands and why, and what one may do about it. */
@Controller
class RunPage {

  private final Runs runs;
  private final Releases releases;
  private final Applications applications;
  private final WebLinks links;

  RunPage(Runs runs, Releases releases, Applications applications, WebLinks links) {
    this.runs = runs;
    this.releases = releases;
    this.applications = applications;
    this.links = links;
  }

  @GetMapping("/runs/{id:\\d{1,18}}")
  @Needs(Right.READ)
  String run(
      @PathVariable long id,
      @ModelAttribute("words") Words words,
      @ModelAttribute("part") Part part,
      Caller caller,
      Model model) {
    var run = readable(id, caller);
    var application = applications.find(run.application());
    var live =
        runs.application(run.application())
            .map(ApplicationView::live)
            .map(ApplicationView.Live::revision)
            .filter(revision -> !revision.equals(run.revision()));
    model.addAttribute("story", new RunStory(run, runs.records(id, 0), words));
    model.addAttribute(
        "commit", application.flatMap(it -> links.commit(it, run.revision())).orElse(null));
    model.addAttribute(
        "compare",
        application
            .flatMap(it -> live.flatMap(from -> links.compare(it, from, run.revision())))
            .orElse(null));
    model.addAttribute("mayCancel", caller.may(Right.CANCEL, run.application()));
    return part.of("run", "live");
  }

  @PostMapping("/runs/{id:\\d{1,18}}/cancel")
  @Needs(Right.CANCEL)
  String cancel(
      @PathVariable long id,
      @RequestParam(required = false) @Nullable String comment,
      Caller caller,
      RedirectAttributes next) {
    caller.demand(Right.CANCEL, readable(id, caller).application());
    try {
      releases.cancel(id, caller.actor(), comment);
      next.addFlashAttribute("done", "Cancelling: what this run has deployed is undone first.");
    } catch (ReleaseRefusedException e) {
      next.addFlashAttribute("refused", "Not cancelled: " + e.getMessage() + ".");
    }
    return "redirect:/runs/" + id;
  }

  private RunView readable(long id, Caller caller) {
    var run =
        runs.find(id)
            .orElseThrow(
                () -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no run " + id));
    caller.demand(Right.READ, run.application());
    return run;
  }
}
