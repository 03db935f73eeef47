package io.aviary.web.ui;

import io.aviary.release.AviaryProperties;
import io.aviary.release.Runs;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;

/** The start page: what is live where, and what is on its way. */
@Controller
@Needs(Right.READ)
class ApplicationsPage {

  private final Runs runs;
  private final AviaryProperties properties;

  ApplicationsPage(Runs runs, AviaryProperties properties) {
    this.runs = runs;
    this.properties = properties;
  }

  @GetMapping("/")
  String applications(@ModelAttribute("part") Part part, Model model, Caller caller) {
    model.addAttribute(
        "applications",
        runs.applications().stream()
            .filter(application -> caller.may(Right.READ, application.name()))
            .toList());
    model.addAttribute("url", properties.url());
    return part.of("applications", "live");
  }
}
