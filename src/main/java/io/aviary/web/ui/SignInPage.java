package io.aviary.web.ui;

import io.aviary.web.security.Caller;
import io.aviary.web.security.Open;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/** Where people say who they are. */
@Controller
class SignInPage {

  @GetMapping("/login")
  @Open
  String signIn(Caller caller) {
    return caller.isSignedIn() ? "redirect:/" : "login";
  }
}
