package io.aviary.web.api;

import io.aviary.release.ApplicationView;
import io.aviary.release.Proposals;
import io.aviary.release.ReleaseRefusedException;
import io.aviary.release.Runs;
import io.aviary.web.security.Caller;
import io.aviary.web.security.Needs;
import io.aviary.web.security.Right;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What is live of each application, and its canary. */
@RestController
@RequestMapping("/api/applications")
@Needs(Right.READ)
class ApplicationsApi {

  private final Runs runs;
  private final Proposals proposals;

  ApplicationsApi(Runs runs, Proposals proposals) {
    this.runs = runs;
    this.proposals = proposals;
  }

  @GetMapping
  List<ApplicationView> all(Caller caller) {
    return runs.applications().stream()
        .filter(application -> caller.may(Right.READ, application.name()))
        .toList();
  }

  /** An {@code aviary.yml} for it, made of what its repository and its namespace have. */
  @GetMapping("/{name}/proposal")
  Proposals.Proposal propose(@PathVariable String name, Caller caller) {
    return proposals.propose(find(name, caller).name());
  }

  @GetMapping("/{name}")
  ApplicationView find(@PathVariable String name, Caller caller) {
    var application =
        runs.application(name).orElseThrow(() -> ReleaseRefusedException.unknownApplication(name));
    caller.demand(Right.READ, name);
    return application;
  }
}
