package io.aviary.web.ui;

import io.aviary.release.audit.Audit;
import io.aviary.release.audit.AuditEntry;
import io.aviary.release.audit.AuditFilter;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import java.util.Arrays;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;

/** Who did what, or was refused it. */
@Controller
class AuditPage {

  private static final int SIZE = 50;

  private final Audit audit;

  AuditPage(Audit audit) {
    this.audit = audit;
  }

  @GetMapping("/audit")
  @Needs(Right.AUDIT)
  String list(
      @RequestParam(defaultValue = "") String kind,
      @RequestParam(defaultValue = "") String person,
      @RequestParam(defaultValue = "") String application,
      @RequestParam(defaultValue = "0") String page,
      @ModelAttribute("part") Part part,
      Caller caller,
      Model model) {
    var chosen =
        Arrays.stream(AuditEntry.Kind.values())
            .filter(it -> it.name().equalsIgnoreCase(kind))
            .findFirst()
            .orElse(null);
    model.addAttribute(
        "page",
        audit.search(
            new AuditFilter(
                chosen, text(person), text(application), null, null, caller.within(Right.AUDIT)),
            page.matches("\\d{1,7}") ? Integer.parseInt(page) : 0,
            SIZE));
    model.addAttribute("kinds", AuditEntry.Kind.values());
    model.addAttribute("kind", chosen);
    model.addAttribute("person", person);
    // Not "application": pages know the servlet's by that name.
    model.addAttribute("chosen", application);
    return part.of("audit", "list");
  }

  private static @org.jspecify.annotations.Nullable String text(String given) {
    return given.isBlank() ? null : given.strip().replace("\0", "");
  }
}
