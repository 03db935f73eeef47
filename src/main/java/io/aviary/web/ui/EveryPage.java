package io.aviary.web.ui;

import io.aviary.release.Freezes;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Right;
import jakarta.servlet.http.HttpServletRequest;
import java.beans.PropertyEditorSupport;
import java.time.InstantSource;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.ui.Model;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What each page needs: who looks at it, and the moment it was made. */
@ControllerAdvice(basePackages = "io.aviary.web.ui")
class EveryPage {

  private final InstantSource clock;
  private final Freezes freezes;

  EveryPage(InstantSource clock, Freezes freezes) {
    this.clock = clock;
    this.freezes = freezes;
  }

  @ModelAttribute
  void add(Model model, Caller caller, HttpServletRequest request) {
    var part = isPart(request);
    if (!part && request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token) {
      // Its session has to be there before the first byte of a page is sent.
      var _ = token.getToken();
    }
    model.addAttribute("caller", caller);
    if (!part && caller.isSignedIn()) {
      model.addAttribute(
          "frozen",
          freezes.all().stream()
              .filter(
                  it ->
                      it.active()
                          && (it.application() == null || caller.may(Right.READ, it.application())))
              .toList());
    }
    model.addAttribute("words", new Words(clock.instant()));
    model.addAttribute("part", new Part(part));
  }

  /** No database takes the character NUL, whatever it was typed into. */
  @InitBinder
  void texts(WebDataBinder binder) {
    binder.registerCustomEditor(
        String.class,
        new PropertyEditorSupport() {
          @Override
          public void setAsText(String text) {
            setValue(text.replace("\0", ""));
          }
        });
  }

  /** Asked for by an open page, save when the browser goes back to one that it no longer has. */
  private static boolean isPart(HttpServletRequest request) {
    return request.getHeader("HX-Request") != null
        && request.getHeader("HX-History-Restore-Request") == null;
  }
}
