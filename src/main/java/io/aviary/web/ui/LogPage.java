package io.aviary.web.ui;

import io.aviary.release.Runs;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.server.ResponseStatusException;

/** A step's log, in pages; the last page grows while the step is under way. */
@Controller
@Needs(Right.READ)
class LogPage {

  private final Runs runs;

  LogPage(Runs runs) {
    this.runs = runs;
  }

  @GetMapping("/runs/{id:\\d{1,18}}/steps/{name}/log")
  String log(@PathVariable long id, @PathVariable String name, Caller caller, Model model) {
    var run =
        runs.find(id)
            .orElseThrow(
                () -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no run " + id));
    caller.demand(Right.READ, run.application());
    var step =
        run.steps().stream()
            .filter(it -> it.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "Run " + id + " has no step " + name));
    var part = runs.log(id, name, 0, 512 * 1024).orElseThrow();
    model.addAttribute("run", run);
    model.addAttribute("step", step);
    model.addAttribute("state", State.of(step));
    model.addAttribute("lines", part.text().lines().toList());
    model.addAttribute("next", part.next());
    model.addAttribute("complete", part.complete());
    return "log";
  }
}
