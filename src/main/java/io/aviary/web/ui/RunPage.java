package io.aviary.web.ui;

import io.aviary.release.ApplicationView;
import io.aviary.release.Applications;
import io.aviary.release.Interventions;
import io.aviary.release.Measurements;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Releases;
import io.aviary.release.RunPods;
import io.aviary.release.RunView;
import io.aviary.release.Runs;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

  private static final Logger log = LoggerFactory.getLogger(RunPage.class);

  private final Runs runs;
  private final Releases releases;
  private final Interventions interventions;
  private final Applications applications;
  private final WebLinks links;
  private final Measurements measurements;
  private final RunPods pods;

  RunPage(
      Runs runs,
      Releases releases,
      Interventions interventions,
      Applications applications,
      WebLinks links,
      Measurements measurements,
      RunPods pods) {
    this.runs = runs;
    this.releases = releases;
    this.interventions = interventions;
    this.applications = applications;
    this.links = links;
    this.measurements = measurements;
    this.pods = pods;
  }

  @GetMapping("/runs/{id:\\d{1,18}}")
  @Needs(Right.READ)
  String run(
      @PathVariable long id,
      @ModelAttribute("words") Words words,
      @ModelAttribute("part") Part part,
      Caller caller,
      Model model) {
    // Before the run: what happens while the page is made is then told to it.
    model.addAttribute("after", runs.newestRecord(id));
    var run = readable(id, caller);
    var application = applications.find(run.application());
    var live =
        runs.application(run.application())
            .map(ApplicationView::live)
            .map(ApplicationView.Live::revision)
            .filter(revision -> !revision.equals(run.revision()));
    var sharesTraffic =
        runs.definition(id).stream()
            .flatMap(it -> it.canary().gates().stream())
            .anyMatch(gate -> gate.traffic() != null);
    var measured = measurements.of(id);
    model.addAttribute(
        "story", new RunStory(run, runs.records(id, 0), measured, sharesTraffic, words));
    model.addAttribute(
        "commit", application.flatMap(it -> links.commit(it, run.revision())).orElse(null));
    model.addAttribute(
        "compare",
        application
            .flatMap(it -> live.flatMap(from -> links.compare(it, from, run.revision())))
            .orElse(null));
    model.addAttribute("actions", RunAction.of(run, right -> caller.may(right, run.application())));
    return part.of("run", "live");
  }

  /** Asks the cluster: a part of its own, that the page loads when it is there. */
  @GetMapping("/runs/{id:\\d{1,18}}/pods")
  @Needs(Right.READ)
  String pods(@PathVariable long id, Caller caller, Model model) {
    var run = readable(id, caller);
    model.addAttribute("run", run);
    try {
      model.addAttribute("groups", pods.of(id));
    } catch (RuntimeException e) {
      log.info("the pods of run {} are not known: {}", id, e.getMessage());
      model.addAttribute("groups", List.of());
      model.addAttribute("fault", "The cluster did not say: " + e.getMessage());
    }
    return "run :: pods";
  }

  @PostMapping("/runs/{id:\\d{1,18}}/cancel")
  @Needs(Right.CANCEL)
  String cancel(
      @PathVariable long id,
      @RequestParam(required = false) @Nullable String comment,
      Caller caller,
      RedirectAttributes next) {
    return steer(
        id,
        Right.CANCEL,
        caller,
        next,
        "Not cancelled",
        () -> interventions.cancel(id, caller.actor(), comment),
        "Cancelling: what this run has deployed is undone first.");
  }

  @PostMapping("/runs/{id:\\d{1,18}}/approve")
  @Needs(Right.APPROVE)
  String approve(
      @PathVariable long id,
      @RequestParam(required = false) @Nullable String gate,
      @RequestParam(required = false) @Nullable String comment,
      Caller caller,
      RedirectAttributes next) {
    return steer(
        id,
        Right.APPROVE,
        caller,
        next,
        "Not approved",
        () -> interventions.approve(id, gate, caller.actor(), comment),
        "Approved.");
  }

  @PostMapping("/runs/{id:\\d{1,18}}/reject")
  @Needs(Right.APPROVE)
  String reject(
      @PathVariable long id,
      @RequestParam(required = false) @Nullable String gate,
      @RequestParam(required = false) @Nullable String comment,
      Caller caller,
      RedirectAttributes next) {
    return steer(
        id,
        Right.APPROVE,
        caller,
        next,
        "Not rejected",
        () -> interventions.reject(id, gate, caller.actor(), comment),
        "Rejected: the canary is rolled back.");
  }

  @PostMapping("/runs/{id:\\d{1,18}}/promote")
  @Needs(Right.PROMOTE)
  String promote(
      @PathVariable long id,
      @RequestParam(required = false) @Nullable String comment,
      Caller caller,
      RedirectAttributes next) {
    return steer(
        id,
        Right.PROMOTE,
        caller,
        next,
        "Not promoted",
        () -> interventions.promote(id, caller.actor(), comment),
        "Promoted: the gates that are left are skipped.");
  }

  @PostMapping("/runs/{id:\\d{1,18}}/pause")
  @Needs(Right.PAUSE)
  String pause(
      @PathVariable long id,
      @RequestParam(required = false) @Nullable String comment,
      Caller caller,
      RedirectAttributes next) {
    return steer(
        id,
        Right.PAUSE,
        caller,
        next,
        "Not paused",
        () -> interventions.pause(id, caller.actor(), comment),
        "Paused: no further step begins.");
  }

  @PostMapping("/runs/{id:\\d{1,18}}/resume")
  @Needs(Right.PAUSE)
  String resume(
      @PathVariable long id,
      @RequestParam(required = false) @Nullable String comment,
      Caller caller,
      RedirectAttributes next) {
    return steer(
        id,
        Right.PAUSE,
        caller,
        next,
        "Not resumed",
        () -> interventions.resume(id, caller.actor(), comment),
        "The run goes on.");
  }

  @PostMapping("/runs/{id:\\d{1,18}}/retry")
  @Needs(Right.RETRY)
  String retry(
      @PathVariable long id,
      @RequestParam(required = false) @Nullable String comment,
      Caller caller,
      RedirectAttributes next) {
    return steer(
        id,
        Right.RETRY,
        caller,
        next,
        "Not retried",
        () -> releases.retry(id, caller.actor(), comment),
        "This run retries run " + id + ".");
  }

  /** Does it and shows the run that it was done to, or says why it was not done. */
  private String steer(
      long id,
      Right right,
      Caller caller,
      RedirectAttributes next,
      String refused,
      Supplier<RunView> what,
      String done) {
    caller.demand(right, readable(id, caller).application());
    try {
      var run = what.get();
      next.addFlashAttribute("done", done);
      return "redirect:/runs/" + run.id();
    } catch (ReleaseRefusedException e) {
      next.addFlashAttribute("refused", refused + ": " + e.getMessage() + ".");
      return "redirect:/runs/" + id;
    }
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
