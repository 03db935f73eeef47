package io.aviary.web.ui;

import io.aviary.release.Proposals;
import io.aviary.release.ReleaseRefusedException;
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

/** An {@code aviary.yml} for an application that has none yet. */
@Controller
@Needs(Right.READ)
class ProposalPage {

  private final Runs runs;
  private final Proposals proposals;

  ProposalPage(Runs runs, Proposals proposals) {
    this.runs = runs;
    this.proposals = proposals;
  }

  @GetMapping("/applications/{name}/proposal")
  String proposal(@PathVariable String name, Caller caller, Model model) {
    var view =
        runs.application(name)
            .orElseThrow(
                () ->
                    new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "There is no application " + name));
    caller.demand(Right.READ, name);
    model.addAttribute("app", view);
    try {
      model.addAttribute("proposal", proposals.propose(name));
    } catch (ReleaseRefusedException e) {
      model.addAttribute("trouble", e.getMessage());
    }
    return "proposal";
  }
}
