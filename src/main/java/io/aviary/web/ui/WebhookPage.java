package io.aviary.web.ui;

import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Webhooks;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import java.nio.charset.StandardCharsets;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriUtils;

/** The button that makes an application's webhook. */
@Controller
class WebhookPage {

  private final Webhooks webhooks;

  WebhookPage(ObjectProvider<Webhooks> webhooks) {
    this.webhooks = webhooks.getIfAvailable(() -> Webhooks.NONE);
  }

  @PostMapping("/applications/{name}/webhook")
  @Needs(Right.SYSTEM)
  String register(@PathVariable String name, Caller caller, RedirectAttributes next) {
    caller.demand(Right.SYSTEM, name);
    try {
      var hook = webhooks.register(name, caller.actor());
      next.addFlashAttribute(
          "done",
          (hook.made() ? "Created: webhook " : "There is one already: webhook ")
              + hook.id()
              + " sends pushes to "
              + hook.url()
              + ".");
    } catch (ReleaseRefusedException e) {
      next.addFlashAttribute("refused", "No webhook was made: " + e.getMessage() + ".");
    }
    return "redirect:/applications/" + UriUtils.encodePathSegment(name, StandardCharsets.UTF_8);
  }
}
