package io.aviary.web.ui;

import io.aviary.release.Applications;
import io.aviary.release.Deliveries;
import io.aviary.release.DeliveryFilter;
import io.aviary.release.DeliveryView;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import java.util.Arrays;
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

/** What GitHub sent, and what was decided about it. */
@Controller
@Needs(Right.READ)
class DeliveriesPage {

  private static final int SIZE = 25;

  private final Deliveries deliveries;
  private final Applications applications;

  DeliveriesPage(Deliveries deliveries, Applications applications) {
    this.deliveries = deliveries;
    this.applications = applications;
  }

  @GetMapping("/deliveries")
  String list(
      @RequestParam(defaultValue = "") String application,
      @RequestParam(defaultValue = "") String verdict,
      @RequestParam(defaultValue = "0") String page,
      @ModelAttribute("part") Part part,
      Caller caller,
      Model model) {
    var chosen =
        Arrays.stream(DeliveryView.Verdict.values())
            .filter(it -> it.name().equalsIgnoreCase(verdict))
            .findFirst()
            .orElse(null);
    var found =
        deliveries.search(
            new DeliveryFilter(
                application.isBlank() ? null : application, chosen, caller.within(Right.READ)),
            page.matches("\\d{1,7}") ? Integer.parseInt(page) : 0,
            SIZE);
    model.addAttribute("page", found);
    model.addAttribute("chosen", application);
    model.addAttribute("verdict", chosen);
    model.addAttribute("verdicts", DeliveryView.Verdict.values());
    model.addAttribute("applications", caller.readable(applications.all()));
    return part.of("deliveries", "list");
  }

  @GetMapping("/deliveries/{id}")
  String delivery(@PathVariable String id, Caller caller, Model model) {
    var delivery = readable(id, caller);
    model.addAttribute("delivery", delivery);
    model.addAttribute("mayReplay", caller.mayAll(Right.REPLAY, delivery));
    model.addAttribute(
        "mayReadBody", delivery.bodyStored() && caller.mayAll(Right.READ_BODIES, delivery));
    return "delivery";
  }

  @PostMapping("/deliveries/{id}/replay")
  @Needs(Right.REPLAY)
  String replay(@PathVariable String id, Caller caller, RedirectAttributes next) {
    caller.demandAll(Right.REPLAY, readable(id, caller));
    try {
      var again = deliveries.replay(id, caller.actor());
      next.addFlashAttribute("done", "Decided again: " + again.reason() + ".");
    } catch (ReleaseRefusedException e) {
      next.addFlashAttribute("refused", "Not decided again: " + e.getMessage() + ".");
    }
    return "redirect:/deliveries/{id}";
  }

  private DeliveryView readable(String id, Caller caller) {
    var delivery =
        deliveries
            .find(id)
            .orElseThrow(
                () ->
                    new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "There is no delivery " + id));
    caller.demandAll(Right.READ, delivery);
    return delivery;
  }
}
