package io.aviary.web.ui;

import io.aviary.release.Applications;
import io.aviary.release.Freezes;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Buttons that freeze and thaw. */
@Controller
@Needs(Right.FREEZE)
class FreezePage {

  private final Freezes freezes;
  private final Applications applications;
  private final InstantSource clock;

  FreezePage(Freezes freezes, Applications applications, InstantSource clock) {
    this.freezes = freezes;
    this.applications = applications;
    this.clock = clock;
  }

  @PostMapping("/applications/{name}/freeze")
  String freeze(
      @PathVariable String name,
      @RequestParam String reason,
      @RequestParam(defaultValue = "0") int hours,
      Caller caller,
      RedirectAttributes next) {
    try {
      if (reason.isBlank() || reason.length() > 2000) {
        throw new ReleaseRefusedException(
            ReleaseRefusedException.Kind.UNPROCESSABLE, "the others need a reason");
      }
      var frozen =
          freezes.set(
              known(name, caller),
              reason.strip(),
              hours <= 0 ? null : clock.instant().plus(Duration.ofHours(Math.min(hours, 8760))),
              List.of(),
              caller.actor());
      next.addFlashAttribute("done", "Frozen: " + frozen.reason());
    } catch (ReleaseRefusedException e) {
      next.addFlashAttribute("refused", "Not frozen: " + e.getMessage() + ".");
    }
    return "redirect:/";
  }

  @PostMapping("/applications/{name}/thaw")
  String thaw(@PathVariable String name, Caller caller, RedirectAttributes next) {
    next.addFlashAttribute(
        "done",
        freezes.end(known(name, caller))
            ? "No longer frozen: what waited goes on."
            : "It was not frozen any more.");
    return "redirect:/";
  }

  private String known(String name, Caller caller) {
    if (applications.find(name).isEmpty()) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no application " + name);
    }
    caller.demand(Right.FREEZE, name);
    return name;
  }
}
