package io.aviary.web.ui;

import io.aviary.web.security.Caller;
import io.aviary.web.security.Open;
import io.aviary.web.security.Providers;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** Where people say who they are. */
@Controller
class SignInPage {

  private final Providers providers;

  SignInPage(Providers providers) {
    this.providers = providers;
  }

  @GetMapping("/login")
  @Open
  String signIn(Caller caller, Model model) {
    model.addAttribute("providers", providers.names());
    return caller.isSignedIn() ? "redirect:/" : "login";
  }
}
