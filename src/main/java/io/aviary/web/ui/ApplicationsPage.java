package io.aviary.web.ui;

import io.aviary.release.ApplicationView;
import io.aviary.release.Applications;
import io.aviary.release.AviaryProperties;
import io.aviary.release.Freeze;
import io.aviary.release.Freezes;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Releases;
import io.aviary.release.Runs;
import io.aviary.release.Trigger;
import io.aviary.web.api.RequestedRevision;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The start page: what is live where, and what is on its way. */
@Controller
class ApplicationsPage {

  private final Runs runs;
  private final Releases releases;
  private final Applications applications;
  private final RequestedRevision revisions;
  private final AviaryProperties properties;
  private final ObjectProvider<Welcome> welcome;
  private final Freezes freezes;

  ApplicationsPage(
      Runs runs,
      Releases releases,
      Applications applications,
      RequestedRevision revisions,
      AviaryProperties properties,
      ObjectProvider<Welcome> welcome,
      Freezes freezes) {
    this.runs = runs;
    this.releases = releases;
    this.applications = applications;
    this.revisions = revisions;
    this.properties = properties;
    this.welcome = welcome;
    this.freezes = freezes;
  }

  /**
   * An application.
   *
   * @param state of its canary; null: it has none
   * @param freeze of its own, active now or by schedule; null: none
   */
  record Card(ApplicationView view, @Nullable State state, @Nullable Freeze freeze) {
    static Card of(ApplicationView view, @Nullable Freeze freeze) {
      return new Card(
          view, view.canary() == null ? null : State.of(view.canary().status()), freeze);
    }
  }

  @GetMapping("/")
  @Needs(Right.READ)
  String applications(@ModelAttribute("part") Part part, Model model, Caller caller) {
    model.addAttribute("after", runs.version());
    var own = new HashMap<String, Freeze>();
    for (var freeze : freezes.all()) {
      if (freeze.application() != null) {
        own.put(freeze.application(), freeze);
      }
    }
    model.addAttribute(
        "applications",
        runs.applications().stream()
            .filter(application -> caller.may(Right.READ, application.name()))
            .map(application -> Card.of(application, own.get(application.name())))
            .toList());
    model.addAttribute("welcome", welcome.getIfAvailable());
    model.addAttribute("url", properties.url());
    return part.of("applications", "live");
  }

  /** Starts a canary run of a revision, or of the branch's head. */
  @PostMapping("/runs")
  @Needs(Right.TRIGGER)
  String start(
      @RequestParam String application,
      @RequestParam(defaultValue = "") String revision,
      Caller caller,
      RedirectAttributes next) {
    var found =
        applications
            .find(application)
            .orElseThrow(
                () ->
                    new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "There is no application " + application));
    caller.demand(Right.TRIGGER, found.name());
    try {
      var run =
          releases.startCanary(
              found,
              revisions.of(found, revision.strip()),
              Trigger.PERSON,
              caller.actor(),
              null,
              null);
      return "redirect:/runs/" + run.id();
    } catch (ReleaseRefusedException | RequestedRevision.UnreachableException e) {
      next.addFlashAttribute("refused", "Not started: " + e.getMessage() + ".");
      return "redirect:/";
    }
  }
}
