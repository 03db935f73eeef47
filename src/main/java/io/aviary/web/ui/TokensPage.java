package io.aviary.web.ui;

import io.aviary.release.Applications;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Role;
import io.aviary.web.security.ApiTokens;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The tokens that a person has made for their programs. */
@Controller
@Needs(Right.TOKENS)
class TokensPage {

  private static final int SIZE = 50;

  private final ApiTokens tokens;
  private final Applications applications;
  private final InstantSource clock;

  TokensPage(ApiTokens tokens, Applications applications, InstantSource clock) {
    this.tokens = tokens;
    this.applications = applications;
    this.clock = clock;
  }

  @GetMapping("/tokens")
  String list(
      @RequestParam(defaultValue = "false") boolean all,
      @RequestParam(defaultValue = "0") String page,
      Caller caller,
      Model model) {
    if (all) {
      caller.demand(Right.ALL_TOKENS, null);
    }
    model.addAttribute(
        "page",
        tokens.list(
            all ? null : ApiTokens.owner(caller),
            page.matches("\\d{1,7}") ? Integer.parseInt(page) : 0,
            SIZE));
    model.addAttribute("all", all);
    model.addAttribute("mayAll", caller.may(Right.ALL_TOKENS, null));
    model.addAttribute("now", clock.instant());
    model.addAttribute(
        "roles",
        Arrays.stream(Role.values())
            .filter(role -> caller.hasAnywhere(role))
            .map(role -> role.name().toLowerCase(Locale.ROOT))
            .toList());
    model.addAttribute("applications", caller.readable(applications.all()));
    return "tokens";
  }

  @PostMapping("/tokens")
  String create(
      @RequestParam String name,
      @RequestParam Role role,
      @RequestParam(required = false) @Nullable List<String> application,
      @RequestParam(defaultValue = "90") int days,
      Caller caller,
      RedirectAttributes next) {
    try {
      if (name.isBlank() || name.length() > 100) {
        throw new ReleaseRefusedException(
            ReleaseRefusedException.Kind.UNPROCESSABLE, "its name needs 1 to 100 characters");
      }
      var made =
          tokens.create(
              caller,
              name.strip().replaceAll("\\p{Cntrl}", " "),
              role,
              application == null ? List.of() : application,
              days <= 0 ? null : clock.instant().plus(Duration.ofDays(Math.min(days, 3650))));
      next.addFlashAttribute("made", made);
    } catch (ReleaseRefusedException e) {
      next.addFlashAttribute("refused", "No token was made: " + e.getMessage() + ".");
    }
    return "redirect:/tokens";
  }

  @PostMapping("/tokens/{id:\\d{1,18}}/revoke")
  String revoke(@PathVariable long id, Caller caller, RedirectAttributes next) {
    try {
      var revoked = tokens.revoke(id, caller);
      next.addFlashAttribute(
          "done", "Revoked: " + revoked.name() + " (" + revoked.prefix() + "…) lets nobody in.");
    } catch (ReleaseRefusedException e) {
      next.addFlashAttribute("refused", "Not revoked: " + e.getMessage() + ".");
    }
    return "redirect:/tokens";
  }
}
